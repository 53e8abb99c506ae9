import Foundation
import Glibc
import Synchronization
import TerminalTesting

/// Stripe and Lago on a loopback port, with what a test puts into them, and with bad manners where it asks for these.
public final class StubService: Sendable {
  /// A customer at Stripe.
  public struct StripeCustomer: Codable, Sendable {
    var id: String
    var org: String?
    var plan: String?
    var status: String
    var deleted = false

    /// A customer, whose metadata name an organization, and which has a subscription to a plan.
    public init(
      _ id: String, org: String? = nil, plan: String? = nil, status: String = "active",
      isDeleted: Bool = false
    ) {
      (self.id, self.org, self.plan, self.status, deleted) = (id, org, plan, status, isDeleted)
    }
  }

  /// A customer at Lago.
  public struct LagoCustomer: Codable, Sendable {
    var id: String
    var own: String
    var org: String?
    var stripe: String?
    var plan: String?
    var subscription: String?
    var ended: String?

    /// A customer with Lago's own id, its metadata, its id at Stripe, and a subscription with Lago's own id.
    public init(
      _ id: String, own: String = UUID().uuidString.lowercased(), org: String? = nil, stripe: String? = nil,
      plan: String? = nil, subscription: String? = nil, ended: String? = nil
    ) {
      (self.id, self.own, self.org, self.stripe) = (id, own, org, stripe)
      (self.plan, self.subscription, self.ended) = (plan, subscription, ended)
    }
  }

  /// What happens to requests whose path begins with a text, as often as is said.
  public struct Manner: Codable, Sendable {
    var path: String
    var act: String
    var times: Int
    var value: String

    /// - Parameters:
    ///   - act: a status, or slow, cut, huge, garbage, repeat.
    ///   - value: what Retry-After, Location or the body is.
    public init(_ path: String, _ act: String, times: Int = 1_000_000, value: String = "") {
      (self.path, self.act, self.times, self.value) = (path, act, times, value)
    }
  }

  /// What the services have.
  public struct World: Codable, Sendable {
    /// Stripe's customers, the newest first.
    public var stripe: [StripeCustomer] = []
    /// Ids of Stripe's other mode.
    public var otherMode: [String] = []
    /// Lago's customers.
    public var lago: [LagoCustomer] = []
    /// Bad manners; the first that fits counts.
    public var manners: [Manner] = []
    /// The most of a page.
    public var page = 100
    /// How long each answer takes, in seconds.
    public var delay = 0.0

    /// Whether it speaks TLS, with a certificate that it made itself.
    public var isEncrypted = false

    /// Nothing.
    public init() {}
  }

  /// A request as it came.
  public struct Request: Codable, Sendable, Hashable {
    /// GET, or what must not be.
    public let method: String
    /// The path with the query, as it was sent.
    public let path: String
    /// How many requests were being answered, this one too.
    public let active: Int
    /// What it had instead of a user and a password.
    public let authorization: String
  }

  /// Its address.
  public let address: String
  private let process: Mutex<ChildProcess>
  /// Open as long as it is wanted, and only in the tests' process, so that it never outlives that.
  private let lifeline: Descriptor
  private let log: String
  private let directory: TemporaryDirectory

  /// Starts it.
  public init(_ world: World) throws {
    directory = try TemporaryDirectory()
    log = directory.path + "/log"
    try Data().write(to: URL(filePath: log))
    try JSONEncoder().encode(world).write(to: URL(filePath: directory.path + "/world.json"))
    if world.isEncrypted { try Self.makeCertificate(directory.path + "/key.pem") }
    try Data(Self.program.utf8).write(to: URL(filePath: directory.path + "/stub.py"))
    let (input, output) = (try makePipe(), try makePipe())
    let process = try ChildProcess(
      "/usr/bin/env", ["python3", directory.path + "/stub.py", directory.path], environment: plainEnvironment,
      workingDirectory: nil, inNewSession: false
    ) {
      posix_spawn_file_actions_adddup2(&$0, input.read.number, 0)
      posix_spawn_file_actions_adddup2(&$0, output.write.number, 1)
      posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
    }
    output.read.stopBlocking()
    var bytes: [UInt8] = []
    let deadline = ContinuousClock.now + .seconds(60)
    while bytes.last != UInt8(ascii: "\n") {
      guard process.status == nil,
        wait(for: [(output.read, POLLIN), (process.ended, POLLIN)], until: deadline)
      else { throw StubFailure() }
      _ = output.read.readAll { bytes += $0 }
    }
    self.process = Mutex(process)
    lifeline = input.write
    let port = String(decoding: bytes.dropLast(), as: UTF8.self)
    address = "\(world.isEncrypted ? "https" : "http")://127.0.0.1:\(port)"
  }

  /// The requests so far.
  public func requests() throws -> [Request] {
    try String(contentsOf: URL(filePath: log), encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Request.self, from: Data($0.utf8))
    }
  }

  private struct StubFailure: Error {}

  private static let program = #"""
    import json, os, sys, threading, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import urlsplit, parse_qs, unquote

    directory = sys.argv[1]
    world = json.load(open(directory + "/world.json"))
    log = open(directory + "/log", "a")
    lock = threading.Lock()
    active = 0

    def stripe(customer):
        if customer["deleted"]:
            return {"id": customer["id"], "object": "customer", "deleted": True}
        subscriptions = []
        if customer.get("plan"):
            price = {"id": "price_1", "lookup_key": customer["plan"], "product": "prod_1"}
            subscriptions = [{"id": "sub_1", "status": customer["status"], "items": {"data": [{"price": price}]}}]
        metadata = {"org_id": customer["org"]} if customer.get("org") else {}
        return {"id": customer["id"], "object": "customer", "livemode": False, "metadata": metadata,
                "subscriptions": {"object": "list", "data": subscriptions, "has_more": False}}

    def lago(customer):
        metadata = [{"key": "org_id", "value": customer["org"]}] if customer.get("org") else []
        return {"lago_id": customer["own"], "external_id": customer["id"], "currency": "EUR",
                "billing_configuration": {"payment_provider": "stripe", "provider_customer_id": customer.get("stripe")},
                "metadata": metadata}

    stripe_by_id = {c["id"]: c for c in world["stripe"]}
    stripe_listed = [c for c in world["stripe"] if not c["deleted"]]
    places = {c["id"]: i for i, c in enumerate(stripe_listed)}
    lago_by_id = {c["id"]: c for c in world["lago"]}
    live = [{"lago_id": c.get("subscription") or c["own"] + "-s", "external_customer_id": c["id"], "plan_code": c["plan"],
             "status": "active"} for c in world["lago"] if c.get("plan")]
    ended = [{"lago_id": c["ended"], "external_customer_id": c["id"], "plan_code": "old", "status": "terminated"}
             for c in world["lago"] if c.get("ended")]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        def log_message(self, *arguments): pass

        def reply(self, status, value, headers=()):
            global active
            with lock: active -= 1
            body = value if isinstance(value, bytes) else json.dumps(value).encode()
            self.send_response(status)
            for name, text in headers: self.send_header(name, text)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def misbehave(self, manner):
            act, value = manner["act"], manner["value"]
            if act.isdigit():
                name = "Location" if act.startswith("3") else "Retry-After"
                body = value.encode() if act.startswith("4") and act != "429" else b"{}"
                self.reply(int(act), body, [(name, value)] if value and body == b"{}" else [])
            elif act == "slow":
                time.sleep(float(value))
                self.reply(200, {})
            elif act == "cut":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"data": [')
                self.close_connection = True
            elif act == "huge":
                self.send_response(200)
                self.send_header("Connection", "close")
                self.end_headers()
                self.close_connection = True
                try:
                    for _ in range(4096): self.wfile.write(b" " * 65536)
                except OSError: pass
            elif act == "garbage":
                self.reply(200, value.encode())

        def do_GET(self):
            global active
            with lock:
                active += 1
                log.write(json.dumps({"method": self.command, "path": self.path, "active": active,
                                      "authorization": self.headers.get("Authorization", "")}) + "\n")
                log.flush()
                manner = next((m for m in world["manners"] if self.path.startswith(m["path"]) and m["times"] > 0), None)
                if manner: manner["times"] -= 1
            if world["delay"]: time.sleep(world["delay"])
            if manner and manner["act"] != "repeat": return self.misbehave(manner)
            url = urlsplit(self.path)
            query = {k: v for k, v in parse_qs(url.query).items()}
            if url.path == "/v1/customers":
                size = min(world["page"], int(query["limit"][0]))
                after = query.get("starting_after", [None])[0]
                start = 0 if after is None or manner else places[after] + 1
                page = stripe_listed[start:start + size]
                self.reply(200, {"object": "list", "data": [stripe(c) for c in page],
                                 "has_more": start + size < len(stripe_listed)})
            elif url.path.startswith("/v1/customers/"):
                id = unquote(url.path[len("/v1/customers/"):])
                if id in stripe_by_id: return self.reply(200, stripe(stripe_by_id[id]))
                message = "No such customer: '%s'" % id
                if id in world["otherMode"]:
                    message += "; a similar object exists in live mode, but a test mode key was used to make this request."
                self.reply(404, {"error": {"code": "resource_missing", "message": message, "param": "id"}})
            elif url.path in ("/api/v1/customers", "/api/v1/subscriptions"):
                number, size = int(query["page"][0]), min(world["page"], int(query["per_page"][0]))
                if url.path.endswith("customers"): name, items = "customers", [lago(c) for c in world["lago"]]
                else: name, items = "subscriptions", live if "active" in query["status[]"] else ended
                page = items[(number - 1) * size:number * size]
                if manner: page = items[:size]
                more = number * size < len(items)
                self.reply(200, {name: page, "meta": {"current_page": number, "next_page": number + 1 if more else None,
                                                      "total_count": len(items)}})
            elif url.path.startswith("/api/v1/customers/"):
                id = unquote(url.path[len("/api/v1/customers/"):])
                if id in lago_by_id: return self.reply(200, {"customer": lago(lago_by_id[id])})
                self.reply(404, {"status": 404, "error": "Not Found", "code": "customer_not_found"})
            else:
                self.reply(404, b"<html>nothing here</html>")

        do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if world["isEncrypted"]:
        import ssl
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(directory + "/key.pem.crt", directory + "/key.pem")
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    print(server.server_address[1], flush=True)
    server.serve_forever()
    """#

  /// Makes a certificate that nobody trusts, with its key, in one file.
  private static func makeCertificate(_ path: String) throws {
    let made = try run(
      "/usr/bin/openssl",
      [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out",
        path + ".crt",
      ])
    guard made.status == .exited(0) else { throw StubFailure() }
  }
}

/// Services that stay for as long as a test does: a value that isn't used again may go at once.
public final class StubServices: Sendable {
  private let kept = Mutex<[StubService]>([])

  /// None.
  public init() {}

  /// Keeps one.
  public func keep(_ service: StubService) { kept.withLock { $0.append(service) } }
}
