import CCurl
import Glibc
import OrgCore
import Synchronization

/// Sends requests to one service over HTTPS. It can send only GET, so it can't change anything.
///
/// Certificates are verified, redirects aren't followed, and time and size of every answer are limited. It may be used from
/// several threads at once, each with a `Session` of its own.
public final class ServiceClient: Sendable {
  /// How long and how much is waited for.
  public struct Limits: Sendable {
    /// The longest time to connect.
    public var connecting = Duration.seconds(10)
    /// The longest time for one answer.
    public var answering = Duration.seconds(60)
    /// The largest answer in bytes.
    public var body = 16 << 20
    /// How often one question is asked, where the service is busy.
    public var attempts = 6
    /// The longest pause that the service may ask for.
    public var pause = Duration.seconds(60)

    /// Limits for services on the internet.
    public init() {}
  }

  /// A connection that is kept for the next question of one thread.
  struct Session: ~Copyable {
    let pointer: OpaquePointer

    /// Opens nothing yet; `nil` without memory, or without libcurl.
    init?() {
      guard ccurl_load() == nil, let pointer = ccurl_session_create() else { return nil }
      self.pointer = pointer
    }

    deinit { ccurl_session_destroy(pointer) }
  }

  /// What a service answered: 200, 403 or 404 with a body.
  struct Answer: Sendable {
    let status: Int
    let body: [UInt8]
  }

  /// The service's name for messages.
  let name: String
  let address: ServiceAddress
  private let key: ServiceKey
  private let limits: Limits
  private let count = Atomic<Int>(0)
  private let isWanted: @Sendable () -> Bool
  private let pause: @Sendable (Duration) -> Void

  /// Loads libcurl, and asks nothing yet.
  ///
  /// - Parameters:
  ///   - name: what the service is called in messages.
  ///   - address: where it is.
  ///   - key: what it is asked with.
  ///   - limits: how long and how much is waited for.
  ///   - isWanted: says whether answers are still wanted; called at least once a second.
  ///   - pause: waits, where the service is busy; `nil` for the clock.
  /// - Throws: `system` if libcurl can't be loaded.
  public init(
    _ name: String, at address: ServiceAddress, key: ServiceKey, limits: Limits = Limits(),
    isWanted: @escaping @Sendable () -> Bool = { true }, pause: (@Sendable (Duration) -> Void)? = nil
  ) throws(OrgError) {
    try Self.load(for: name)
    (self.name, self.address, self.key, self.limits, self.isWanted) = (name, address, key, limits, isWanted)
    self.pause = pause ?? { Self.wait($0, while: isWanted) }
  }

  /// Loads libcurl, once.
  ///
  /// - Throws: `system` if that can't be done.
  static func load(for name: String) throws(OrgError) {
    if let reason = ccurl_load() {
      throw OrgError(
        .system,
        "libcurl, which asks \(name), isn't installed (\(String(cString: reason).escapedForDisplay)); the package libcurl4 has it."
      )
    }
  }

  /// What tells its key from others.
  func keyPrint(_ salt: [UInt8]) -> UInt32 { key.print(salt) }

  /// How many requests were sent so far.
  public var requestCount: Int { count.load(ordering: .relaxed) }

  func session() throws(ServiceFailure) -> Session {
    guard let session = Session() else {
      throw ServiceFailure(.unreachable, "Out of memory while connecting to \(name).")
    }
    return session
  }

  /// Asks for something. Where the service is busy (429, 503), asks again after the time that it names, or after a longer one
  /// each time.
  ///
  /// - Parameters:
  ///   - path: the parts of the path, as they are.
  ///   - query: names and values, as they are.
  /// - Throws: any answer but 200, 403 and 404.
  func get(
    _ path: [String], _ query: [(String, String)] = [], in session: borrowing Session
  ) throws(ServiceFailure) -> Answer {
    var url = address.text + path.map { "/" + $0.percentEncoded }.joined()
    if !query.isEmpty {
      url += "?" + query.map { "\($0.percentEncoded)=\($1.percentEncoded)" }.joined(separator: "&")
    }
    for attempt in 0..<max(1, limits.attempts) {
      guard isWanted() else { throw cancelled }
      let reply = send(url, in: session)
      if let failure = reply.failure(of: name, limits: limits) { throw failure }
      switch reply.status {
      case 200, 403, 404: return Answer(status: reply.status, body: reply.body)
      case 429, 503:
        let asked = Duration.seconds(reply.retryAfter)
        guard attempt + 1 < limits.attempts, asked <= limits.pause else {
          throw ServiceFailure(.busy, "\(name) is busy (\(reply.status)); try again later.")
        }
        let own = Duration.milliseconds(500 << min(attempt, 6))
        // Programs that were refused together don't come back together.
        pause(max(asked, own) * Double.random(in: 1...1.25))
      case 401: throw ServiceFailure(.refused, "\(name) doesn't accept the key (401).")
      case 300..<400:
        throw reply.elsewhere(name)
      default:
        throw ServiceFailure(.unusable, "\(name) answered with the status \(reply.status).")
      }
    }
    throw ServiceFailure(.busy, "\(name) is busy; try again later.")
  }

  private var cancelled: ServiceFailure { ServiceFailure(.cancelled, "\(name) wasn't asked to the end.") }

  private func send(_ url: String, in session: borrowing Session) -> ServiceReply {
    count.add(1, ordering: .relaxed)
    var isWanted = isWanted
    return withUnsafeMutablePointer(to: &isWanted) { context in
      url.withCString { url in
        key.withAuthorization { authorization in
          "orgman".withCString { agent in
            var request = ccurl_request(
              url: url, authorization: authorization, user_agent: agent, is_loopback: address.isLoopback,
              connect_milliseconds: limits.connecting.milliseconds,
              total_milliseconds: limits.answering.milliseconds, body_limit: limits.body,
              is_wanted: { $0?.assumingMemoryBound(to: (@Sendable () -> Bool).self).pointee() ?? true },
              context: UnsafeMutableRawPointer(context))
            return ServiceReply(ccurl_get(session.pointer, &request))
          }
        }
      }
    }
  }

  private static func wait(_ duration: Duration, while isWanted: () -> Bool) {
    let end = ContinuousClock.now + duration
    while isWanted(), ContinuousClock.now < end {
      let left = min(.milliseconds(100), end - ContinuousClock.now)
      usleep(UInt32(max(0, left.milliseconds) * 1000))
    }
  }
}

extension Duration {
  /// Whole milliseconds.
  var milliseconds: Int {
    let (seconds, rest) = components
    let (milliseconds, overflows) = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
    let (sum, isTooLarge) = milliseconds.addingReportingOverflow(Int(rest / 1_000_000_000_000_000))
    return overflows || isTooLarge ? .max : sum
  }
}
