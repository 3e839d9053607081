"""A person's connection to the site, which can be cut and restored."""

from playwright.sync_api import Page, WebSocketRoute

from tests.browser.acts import live, until


class Line:
    """Create it before the page loads anything: it only affects later sockets."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_cut = False
        self.sockets: list[WebSocketRoute] = []
        self.silent: list[WebSocketRoute] = []
        self.lost_kind = ""  # the type of frames from the server that don't arrive
        page.route_web_socket("**/ws/", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
        else:
            server = socket.connect_to_server()
            server.on_message(lambda frame: self._pass_on(socket, frame))
            self.sockets.append(socket)

    def _pass_on(self, socket: WebSocketRoute, frame: str | bytes) -> None:
        is_lost = self.lost_kind and f'"type":"{self.lost_kind}"' in str(frame)
        if socket not in self.silent and not is_lost:
            socket.send(frame)

    def silence(self) -> None:
        """Leave the current sockets open, but let nothing from the server arrive any more."""
        self.silent += self.sockets

    def cut(self, *, requests: bool = True) -> None:
        """Block the socket and, if requested, all requests."""
        self.is_cut = True
        self.page.context.set_offline(requests)
        while self.sockets:
            self.sockets.pop().close()
        until(self.page, "lost")

    def mend(self) -> None:
        """Restore the connection, and let the browser notify the page."""
        self.is_cut = False
        self.page.context.set_offline(False)
        live(self.page)
