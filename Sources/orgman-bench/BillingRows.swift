import Glibc

/// `orgman verify` on organizations that all have customers, against Stripe and Lago as a small program on this machine has
/// them, which takes 5 ms for each answer.
struct BillingRows {
  let sample: Sample

  func measure() throws(BenchFailure) -> [Figure] {
    let rows = [Row.verify, .verifyPeak]
    guard
      let python = output(of: ["python3", "-c", "import sys; print(sys.executable)"], in: sample.directory)
    else { return rows.map { Figure($0, missing: "python3") } }
    // A tenth of them tells what grows.
    let few = try run(python, count: sample.scale.organizations / 10)
    let all = try run(python, count: sample.scale.organizations)
    return [
      Figure(.verify, sample.scale, [all.milliseconds], note: all.requests),
      Figure(
        .verifyPeak, sample.scale, [Double(all.peak) / 1e6],
        note: "\((Double(few.peak) / 1e6).short) MB for a tenth of the organizations"),
    ]
  }

  private struct Outcome {
    let milliseconds: Double
    let peak: Int
    /// How many there were to each service.
    let requests: String
  }

  private func run(_ python: String, count: Int) throws(BenchFailure) -> Outcome {
    let directory = "\(sample.directory)/billing-\(count)"
    guard mkdir(directory, 0o700) == 0 else { throw BenchFailure("mkdir \(directory)", errno: errno) }
    defer { _ = output(of: ["rm", "-r", directory], in: sample.directory) }
    let script = directory + "/services.py"
    var file = try OutputFile(script)
    try file.write(Self.services)
    try file.finish()
    let (stub, address) = try start([python, script, sample.organizationsFile, directory, "\(count)"])
    defer { withExtendedLifetime(stub) {} }
    guard mkdir(directory + "/orgman", 0o700) == 0 else { throw BenchFailure("mkdir", errno: errno) }
    var settings = try OutputFile(directory + "/orgman/config.toml")
    try settings.write("[billing]\nstripe-url = \"\(address)\"\nlago-url = \"\(address)\"\n")
    try settings.finish()
    let said = directory + "/said"
    let environment = [
      "PATH": "/usr/bin:/bin", "HOME": directory, "XDG_CONFIG_HOME": directory, "XDG_CACHE_HOME": directory,
      "ORGMAN_STRIPE_KEY": "rk_test_bench", "ORGMAN_LAGO_KEY": "bench",
    ]
    let verify = try Process(
      [try Program.path, "verify", "--data", directory], environment: environment
    ) {
      posix_spawn_file_actions_addopen(&$0, 0, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&$0, 1, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&$0, 2, said, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    }
    let (status, peak) = verify.waitForPeak()
    let time = Double(now() - verify.start) / 1e6
    let words = String(decoding: try contents(of: said), as: UTF8.self)
    // The sentence that ends it: 0 findings in 10,000 organizations. 100 requests to Stripe, 200 requests to Lago.
    guard status == 0, let dot = words.firstIndex(of: "."), words.hasPrefix("orgman: 0 findings in \(count) ")
    else { throw BenchFailure("orgman verify said: \(words)") }
    let requests = words[dot...].dropFirst(2).prefix { $0 != "." && $0 != "\n" }
    return Outcome(
      milliseconds: time, peak: peak,
      requests: "\(requests), half of which list subscriptions")
  }

  /// Starts a program that prints an address.
  private func start(_ arguments: [String]) throws(BenchFailure) -> (Process, address: String) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw BenchFailure("pipe", errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let (reading, writing) = (ends[0], ends[1])
    defer { close(reading) }
    let process: Process
    do throws(BenchFailure) {
      process = try Process(arguments) {
        posix_spawn_file_actions_addopen(&$0, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&$0, writing, 1)
        posix_spawn_file_actions_addopen(&$0, 2, "/dev/null", O_WRONLY, 0)
      }
    } catch {
      close(writing)
      throw error
    }
    close(writing)
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while read(reading, &byte, 1) == 1, byte != UInt8(ascii: "\n") { bytes.append(byte) }
    guard !bytes.isEmpty else { throw BenchFailure("\(arguments[0]) made no services") }
    return (process, String(decoding: bytes, as: UTF8.self))
  }

  /// Gives the first organizations of a file ids at both services, writes them to another directory, and is both services
  /// until it is killed.
  private static let services = """
    import json, sys, time
    from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
    from urllib.parse import urlsplit, parse_qs

    source, directory, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    organizations = dict(list(json.load(open(source)).items())[:count])
    for number, organization in enumerate(organizations.values()):
        organization["stripe_customer_id"] = "cus_%d" % number
        organization["lago_customer_id"] = organization["id"]
        organization["status"] = "active"
    json.dump(organizations, open(directory + "/organizations.json", "w"), indent=2)
    json.dump({id: [] for id in organizations}, open(directory + "/org_users.json", "w"), indent=2)
    ids = list(organizations)
    stripe = [{"id": "cus_%d" % number, "object": "customer", "metadata": {"org_id": id},
               "subscriptions": {"data": []}} for number, id in enumerate(ids)]
    lago = [{"lago_id": "own-" + id, "external_id": id, "metadata": [], "billing_configuration":
             {"payment_provider": "stripe", "provider_customer_id": "cus_%d" % number}} for number, id in enumerate(ids)]
    subscriptions = [{"lago_id": "sub-" + id, "external_customer_id": id, "plan_code": "plan"} for id in ids]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        def log_message(self, *arguments): pass

        def do_GET(self):
            time.sleep(0.005)
            url = urlsplit(self.path)
            query = {key: value[0] for key, value in parse_qs(url.query).items()}
            if url.path == "/v1/customers":
                start = int(query["starting_after"][4:]) + 1 if "starting_after" in query else 0
                value = {"data": stripe[start:start + 100], "has_more": start + 100 < len(stripe)}
            elif url.path in ("/api/v1/customers", "/api/v1/subscriptions"):
                name, items = ("customers", lago) if url.path.endswith("customers") else ("subscriptions", subscriptions)
                page = int(query["page"])
                value = {name: items[(page - 1) * 100:page * 100],
                         "meta": {"next_page": page + 1 if page * 100 < len(items) else None}}
            else:
                value = {}
            body = json.dumps(value).encode()
            self.send_response(200 if value else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print("http://127.0.0.1:%d" % server.server_address[1], flush=True)
    server.serve_forever()
    """
}
