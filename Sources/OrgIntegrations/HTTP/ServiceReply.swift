import CCurl
import OrgCore

/// What became of one request.
struct ServiceReply {
  let outcome: ccurl_outcome
  let status: Int
  let body: [UInt8]
  let retryAfter: Int
  /// The host that a redirect leads to, to follow "elsewhere".
  let place: String
  let reason: String

  init(_ response: ccurl_response) {
    (outcome, status, retryAfter) = (response.outcome, response.status, response.retry_after)
    body = Array(
      UnsafeBufferPointer(start: response.body, count: response.body == nil ? 0 : response.length))
    reason = String(cString: response.reason).escapedForDisplay
    let location = response.location.map { String(cString: $0) } ?? ""
    let host = location.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    // A user in it could be taken for the host.
    let name = host.split(separator: "@").last ?? ""
    place = name.isEmpty ? "" : ", at \(String(name.prefix(100)).quoted)"
  }

  /// Why there is no answer; `nil` if there is one, whatever its status.
  func failure(of name: String, limits: ServiceClient.Limits) -> ServiceFailure? {
    switch outcome {
    case ccurl_answered: nil
    case ccurl_cancelled: ServiceFailure(.cancelled, "\(name) wasn't asked to the end.")
    case ccurl_too_large:
      ServiceFailure(.unusable, "An answer of \(name) is larger than \(limits.body >> 10) KiB.")
    case ccurl_cut_short: ServiceFailure(.unusable, "An answer of \(name) was cut short.")
    case ccurl_timed_out: ServiceFailure(.unreachable, "\(name) didn't answer in time.")
    case ccurl_untrusted:
      ServiceFailure(.untrusted, "The certificate of \(name) can't be trusted: \(reason).")
    case ccurl_unreachable: ServiceFailure(.unreachable, "\(name) can't be reached: \(reason).")
    default: ServiceFailure(.unusable, "\(name) can't be asked: \(reason).")
    }
  }

  /// The failure of a redirect.
  func elsewhere(_ name: String) -> ServiceFailure {
    ServiceFailure(
      .unusable,
      "\(name) answers that it is elsewhere\(place); a key is sent nowhere but where you say, so put the right address into the configuration."
    )
  }
}
