// SPDX-License-Identifier: GPL-3.0-or-later
// The peer: a node client with ws, JSON.parse and a Map, as one writes it for a VWAP. Prints messages per second.
const WebSocket = require(process.env.WEIR_WS || 'ws');
const count = Number(process.argv[3]);
const groups = new Map();
let got = 0;
let begun;
const socket = new WebSocket(process.argv[2], {perMessageDeflate: false});
socket.on('message', data => {
  if (got++ === 0) begun = process.hrtime.bigint();
  const trade = JSON.parse(data);
  let group = groups.get(trade.s);
  if (!group) groups.set(trade.s, group = {pq: 0, q: 0});
  group.pq += Number(trade.p) * Number(trade.q);
  group.q += Number(trade.q);
  if (got < count) return;
  console.log(count / (Number(process.hrtime.bigint() - begun) / 1e9));
  process.exit(0);
});
