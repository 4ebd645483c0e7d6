// SPDX-License-Identifier: GPL-3.0-or-later
// A node server: /feed sends 200 numbered messages to each client, compressed where it can read them, /board prints what it gets. Prints its port first.
const {WebSocketServer} = require(process.env.WEIR_WS || 'ws');
const server = new WebSocketServer({host: '127.0.0.1', port: 0, perMessageDeflate: {threshold: 0}}, () => console.log(server.address().port));
server.on('connection', (socket, request) => {
  if (request.url === '/board') return socket.on('message', data => console.log(data.toString()));
  for (let n = 0; n < 200; ++n) socket.send(JSON.stringify({n, s: 'näh', p: n / 4}));
  socket.ping();
});
