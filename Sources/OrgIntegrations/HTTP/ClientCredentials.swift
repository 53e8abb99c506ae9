import CCurl
import FoundationEssentials
import OrgCore

/// What a program signs in with at a service that gives out tokens (OAuth 2.0, RFC 6749, section 4.4). The request for a token
/// is the only one that isn't a GET; it goes to one address, and no other type can send it.
struct ClientCredentials: Sendable {
  /// What the service is called in messages.
  let name: String
  /// Where tokens are given out.
  let address: ServiceAddress
  /// The client's id.
  let client: String
  /// Its secret.
  let secret: ServiceKey
  let limits: ServiceClient.Limits

  private struct Token: Decodable {
    let access_token: String
  }

  /// Asks for a token. A service that is busy isn't asked again: the question that needs the token will be.
  func token(in session: borrowing ServiceClient.Session) throws(ServiceFailure) -> ServiceKey {
    let reply = send(session)
    if let failure = reply.failure(of: name, limits: limits) { throw failure }
    switch reply.status {
    case 200: break
    case 400, 401, 403:
      throw ServiceFailure(
        .refused,
        "\(name) gives the client \(client.quoted) no token (\(reply.status)); are its id, its secret and its service account right?"
      )
    case 429, 503: throw ServiceFailure(.busy, "\(name) is busy (\(reply.status)); try again later.")
    case 300..<400: throw reply.elsewhere(name)
    case 404:
      throw ServiceFailure(
        .unusable, "\(name) doesn't give out tokens there (404); are its address and its realm right?")
    default: throw ServiceFailure(.unusable, "\(name) answered with the status \(reply.status).")
    }
    guard let token = try? JSONDecoder().decode(Token.self, from: Data(reply.body)),
      let key = ServiceKey(token: token.access_token)
    else {
      throw ServiceFailure(
        .unusable, "\(name) answered something else than a token; is the address right?")
    }
    return key
  }

  private func send(_ session: borrowing ServiceClient.Session) -> ServiceReply {
    let form = "grant_type=client_credentials&client_id=\(client.percentEncoded)&client_secret="
    return secret.withText { secret in
      address.text.withCString { url in
        "orgman".withCString { agent in
          (form + secret.percentEncoded).withCString { form in
            var request = ccurl_request(
              url: url, authorization: nil, user_agent: agent, is_loopback: address.isLoopback,
              connect_milliseconds: limits.connecting.milliseconds,
              total_milliseconds: limits.answering.milliseconds, body_limit: 1 << 20,
              is_wanted: { _ in true }, context: nil)
            return ServiceReply(ccurl_post(session.pointer, &request, form))
          }
        }
      }
    }
  }
}
