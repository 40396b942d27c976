"""Stands in for the cluster's DNS, which Kubernetes 1.20 takes from another project: answers for headless services from their endpoints."""

import socketserver
import struct
import threading

_ADDRESS = 1
_NO_SUCH_NAME = 3


class Names:
    """A DNS server on port 53 of an address. Only headless services have answers, because nothing here balances service addresses."""

    def __init__(self, address, endpoints):
        self._endpoints = endpoints
        names = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self):
                query, socket = self.request
                socket.sendto(names.answer(query), self.client_address)

        self._server = socketserver.ThreadingUDPServer((address, 53), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, query):
        labels, at = [], 12
        while query[at] != 0:
            labels.append(query[at + 1:at + 1 + query[at]].decode())
            at += 1 + query[at]
        kind = struct.unpack_from(">H", query, at + 1)[0]
        question = query[12:at + 5]
        addresses = self._addresses([label.lower() for label in labels])
        if addresses is None:
            return query[:2] + struct.pack(">HHHHH", 0x8580 | _NO_SUCH_NAME, 1, 0, 0, 0) + question
        found = addresses if kind == _ADDRESS else []
        records = [struct.pack(">HHHIH4B", 0xC00C, _ADDRESS, 1, 1, 4, *map(int, address.split("."))) for address in found]
        return query[:2] + struct.pack(">HHHHH", 0x8580, 1, len(records), 0, 0) + question + b"".join(records)

    def _addresses(self, labels):
        """Of [POD.]SERVICE.NAMESPACE.svc.cluster.local; None if there is no such name."""
        if labels[-3:] != ["svc", "cluster", "local"] or len(labels) not in (5, 6):
            return None
        service, namespace = labels[-5:-3]
        endpoints = self._endpoints(namespace, service)
        if endpoints is None:
            return None
        found = [address for subset in endpoints.get("subsets") or [] for address in subset.get("addresses") or []]
        if len(labels) == 6:
            found = [address for address in found if address.get("hostname") == labels[0]]
        return [address["ip"] for address in found]

    def close(self):
        self._server.shutdown()
        self._server.server_close()
