import OrgCore

/// Where a service is: at an address with `https`, or with `http` on the machine itself.
public struct ServiceAddress: Sendable, Hashable {
  /// The address without a slash at its end.
  public let text: String
  /// The host, and the port where one is named.
  public let host: String
  /// Whether it is on the machine itself, so that nothing goes over a network.
  public let isLoopback: Bool

  /// Reads an address.
  ///
  /// - Throws: `invalidValue` for what isn't an address with `https`, or with `http` on the machine itself. User, query and
  ///   fragment are refused, too.
  public init(_ text: String) throws(OrgError) {
    func refusal(_ reason: String) -> OrgError {
      OrgError(.invalidValue, "\(text.quoted) can't be the address of a service: \(reason).")
    }
    guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !"\"\\<>^`{|}".utf8.contains($0) }) else {
      throw refusal("it has characters that no address has")
    }
    let isSecure = text.lowercased().hasPrefix("https://")
    guard isSecure || text.lowercased().hasPrefix("http://") else {
      throw refusal("it begins with https://")
    }
    guard !text.contains(where: { "@?#".contains($0) }) else {
      throw refusal("it has a host and a path, and no user, query or fragment")
    }
    let rest = text.drop { $0 != "/" }.dropFirst(2)
    let host = String(rest.prefix { $0 != "/" })
    guard !host.isEmpty, !host.hasPrefix(":") else { throw refusal("it names no host") }
    isLoopback = Self.isLoopback(host)
    guard isSecure || isLoopback else {
      throw refusal(
        "the key would be sent unencrypted; http is for the machine itself, so begin it with https://")
    }
    var end = text[...]
    while end.last == "/" { end.removeLast() }
    (self.text, self.host) = (String(end), host)
  }

  /// Whether a host, perhaps with a port, is the machine itself, by its address or the one name that always is.
  static func isLoopback(_ host: String) -> Bool {
    let name =
      host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
    let port = host.dropFirst(name.count)
    guard port.isEmpty || port.first == ":" && UInt16(port.dropFirst()) != nil else { return false }
    if name.lowercased() == "localhost" || name == "[::1]" { return true }
    let numbers = name.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
    return numbers.count == 4 && numbers.allSatisfy { $0 != nil } && numbers[0] == 127
  }
}

extension String {
  /// The text as a part of a path or of a query: whatever could mean something there is percent-encoded.
  var percentEncoded: String {
    var result = ""
    for byte in utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        result += digits.utf8.count == 1 ? "%0" + digits : "%" + digits
      }
    }
    return result
  }
}
