"""A person's line to the site, which can be cut and mended."""

from playwright.sync_api import Page, WebSocketRoute

from tests.browser.acts import live, until


class Line:
    """Make it before the page goes anywhere: only sockets that come later run through it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.is_cut = False
        self.sockets: list[WebSocketRoute] = []
        page.route_web_socket("**/ws/", self._connect)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self.is_cut:
            socket.close()
        else:
            socket.connect_to_server()
            self.sockets.append(socket)

    def cut(self, *, requests: bool = True) -> None:
        """Nothing gets through, neither the socket nor, if so wanted, requests."""
        self.is_cut = True
        self.page.context.set_offline(requests)
        while self.sockets:
            self.sockets.pop().close()
        until(self.page, "lost")

    def mend(self) -> None:
        """All is well again, and the browser says so to the page."""
        self.is_cut = False
        self.page.context.set_offline(False)
        live(self.page)
