// The line between a visitor's browser and the websocket: it can be cut, and be mended.

/** Stands between all sockets of the context and their servers. To be called before a page is opened. */
export async function cuttable(context) {
  const open = new Set();
  const line = {
    isCut: false,
    /** Ends all sockets; new ones don't get through. */
    async cut() {
      line.isCut = true;
      await Promise.all([...open].map((socket) => socket.close({ code: 1011, reason: 'cut' })));
      open.clear();
    },
    mend() {
      line.isCut = false;
    },
  };
  await context.routeWebSocket(/websockets\/connect/, (socket) => {
    if (line.isCut) return socket.close({ code: 1011, reason: 'cut' });
    socket.connectToServer();
    open.add(socket);
  });
  return line;
}
