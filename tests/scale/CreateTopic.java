// SPDX-License-Identifier: GPL-3.0-or-later
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** BROKER TOPIC PARTITIONS: makes a topic of one replica. */
public class CreateTopic {
    public static void main(String[] arguments) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", (Object) arguments[0]))) {
            admin.createTopics(List.of(new NewTopic(arguments[1], Integer.parseInt(arguments[2]), (short) 1))).all().get();
        }
    }
}
