// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <memory>

#include "core/exec/operator.h"

namespace weir {

/// The end of a node: hands results to its stream, or to whoever only looks.
class PublishOperator final : public Operator {
public:
  PublishOperator(NodeContext& context, std::function<void(const BatchPtr&)> publish)
      : Operator(context), m_publish(std::move(publish)) {}
  void consume(const Batch& batch) override {
    if (batch.rows() > 0) m_publish(std::make_shared<Batch>(batch));
  }

private:
  std::function<void(const BatchPtr&)> m_publish;
};

}  // namespace weir
