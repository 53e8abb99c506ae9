import OrgCore

/// Where an LDAP directory is: with TLS, or on the machine itself.
public struct LDAPServer: Sendable, Hashable {
  /// `ldap`, `ldaps` or `ldapi`.
  let scheme: String
  /// A name or an address; for `ldapi` the path of a socket.
  let host: String
  let port: UInt16
  /// Whether TLS is begun on a connection that is made without it.
  let startsTLS: Bool

  /// Reads an address.
  ///
  /// - Parameters:
  ///   - text: `ldaps://HOST`, `ldap://HOST` or `ldapi://PATH`, perhaps with a port; `%2F` is a slash in a path.
  ///   - startsTLS: whether TLS is begun (StartTLS) before anything is asked.
  /// - Throws: `invalidValue` for anything else, and for a connection without TLS to another machine.
  public init(_ text: String, startsTLS: Bool) throws(OrgError) {
    func refusal(_ reason: String) -> OrgError {
      OrgError(.invalidValue, "\(text.quoted) can't be the address of an LDAP directory: \(reason).")
    }
    guard let end = text.firstRange(of: "://"),
      case let scheme = text[..<end.lowerBound].lowercased(), ["ldap", "ldaps", "ldapi"].contains(scheme)
    else { throw refusal("it begins with ldaps://, ldap:// or ldapi://") }
    var rest = text[end.upperBound...]
    while rest.last == "/" { rest.removeLast() }
    if scheme == "ldapi" {
      let path =
        rest.isEmpty
        ? "/run/slapd/ldapi" : String(rest).replacing("%2F", with: "/").replacing("%2f", with: "/")
      guard path.hasPrefix("/"), !path.contains("%"), path.canBeAsked else {
        throw refusal("it has the absolute path of a socket")
      }
      guard !startsTLS else { throw refusal("a socket has no TLS; leave start-tls out") }
      (self.scheme, host, port, self.startsTLS) = (scheme, path, 0, false)
      return
    }
    guard rest.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"\\<>^`{|}/?#@%,".utf8.contains($0) })
    else { throw refusal("it has a host, perhaps a port, and nothing else") }
    let isBracketed = rest.hasPrefix("[")
    let name = isBracketed ? rest.dropFirst().prefix { $0 != "]" } : rest.prefix { $0 != ":" }
    let tail = rest.dropFirst(name.count + (isBracketed ? 2 : 0))
    let usual: UInt16 = scheme == "ldaps" ? 636 : 389
    guard !name.isEmpty, let number = tail.isEmpty ? usual : UInt16(tail.dropFirst()),
      tail.isEmpty || tail.first == ":", number > 0
    else { throw refusal("it has a host, perhaps a port, and nothing else") }
    guard scheme == "ldaps" || startsTLS || ServiceAddress.isLoopback(String(rest)) else {
      throw refusal(
        "passwords and names would be sent unencrypted; begin it with ldaps://, or set start-tls")
    }
    guard !(scheme == "ldaps" && startsTLS) else { throw refusal("ldaps has TLS; leave start-tls out") }
    (self.scheme, host, port, self.startsTLS) = (scheme, String(name), number, startsTLS)
  }

  /// Whether the connection has TLS.
  var isEncrypted: Bool { scheme == "ldaps" || startsTLS }
}

/// When a person is disabled, by an attribute of the entry: `NAME` if it is there, `NAME=VALUE`, or `NAME&BITS` for a number
/// that has one of the bits.
public struct LDAPCondition: Sendable, Hashable {
  let attribute: String
  private let test: Test

  private enum Test: Sendable, Hashable {
    case exists
    case equals(String)
    case hasBits(Int)
  }

  /// Conditions of OpenLDAP, of 389 Directory Server and of Active Directory.
  public static let standard = ["pwdAccountLockedTime", "nsAccountLock=true", "userAccountControl&2"]
    .compactMap { LDAPCondition($0) }

  /// Reads a condition; `nil` if it isn't one.
  public init?(_ text: String) {
    let name = text.prefix { $0 != "=" && $0 != "&" }
    guard String(name).isLDAPAttribute else { return nil }
    attribute = String(name)
    let value = String(text.dropFirst(name.count + 1))
    switch text.dropFirst(name.count).first {
    case nil: test = .exists
    case "=": test = .equals(value.lowercased())
    default:
      guard let bits = Int(value), bits > 0 else { return nil }
      test = .hasBits(bits)
    }
  }

  /// Whether a value of the attribute fulfills it.
  func isFulfilled(by value: String) -> Bool {
    switch test {
    case .exists: true
    case .equals(let text): value.lowercased() == text
    case .hasBits(let bits): Int(value).map { $0 & bits != 0 } ?? false
    }
  }
}

extension String {
  /// Whether it can be the name of an attribute.
  package var isLDAPAttribute: Bool {
    guard let first = utf8.first, (0x41...0x5A).contains(first) || (0x61...0x7A).contains(first) else {
      return false
    }
    return utf8.count <= 100
      && utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
      }
  }

  /// The text as a value in a filter (RFC 4515): what means something there is escaped.
  var escapedForFilter: String {
    var result = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x40, 0x5F, 0x20:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default: result += [byte].escapedForFilter
      }
    }
    return result
  }
}

extension [UInt8] {
  /// Each byte escaped.
  var escapedForFilter: String {
    map { byte in
      let digits = String(byte, radix: 16)
      return digits.utf8.count == 1 ? "\\0" + digits : "\\" + digits
    }.joined()
  }
}
