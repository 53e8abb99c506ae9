import CLDAP
import Glibc
import OrgCore

/// The users of an LDAP directory. Certificates are verified, references to other servers aren't followed, and time and size
/// of every answer are limited. Each question has a connection of its own.
public final class LDAPDirectory: PeopleDirectory {
  /// How the directory is asked.
  public struct Settings: Sendable {
    /// Where it is.
    public var server: LDAPServer
    /// Below which entry people are.
    public var base: String
    /// The entry to bind as, with its password; `nil` to ask without.
    public var account: (name: String, password: ServiceKey)?
    /// The file with the certificates of authorities that are trusted; `nil` for those of the system.
    public var authorities: String?
    /// What entries of people match.
    public var filter = "(objectClass=person)"
    /// The attributes with the id, the name to sign in with and the e-mail address.
    public var (id, userName, email) = ("entryUUID", "uid", "mail")
    /// Who is disabled: any of these.
    public var disabled = LDAPCondition.standard
    /// What of a person the data have as the user's id.
    public var key = Person.Key.id
    /// The longest time for one answer.
    public var timeLimit = Duration.seconds(10)

    /// Settings with the attributes of OpenLDAP.
    public init(server: LDAPServer, base: String) { (self.server, self.base) = (server, base) }
  }

  /// What messages call it.
  public let title: String
  private let settings: Settings
  /// What is read of each entry.
  private let attributes: [String]
  /// The most ids of one search.
  private static let batch = 50
  /// Files with the certificates of the system.
  private static let systemAuthorities = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt",
  ]

  /// - Parameters:
  ///   - name: the directory's name.
  ///   - settings: how it is asked.
  public init(_ name: String, _ settings: Settings) {
    title = "the directory \(name.escapedForDisplay)"
    self.settings = settings
    var attributes: [String] = []
    let all =
      [settings.id, settings.userName, settings.email, "cn", "givenName", "sn"]
      + settings.disabled.map(\.attribute)
    for name in all where !attributes.contains(where: { $0.lowercased() == name.lowercased() }) {
      attributes.append(name)
    }
    self.attributes = attributes
  }

  /// The people whom ids belong to.
  public func people(with ids: [String]) throws(OrgError) -> [String: Person] {
    let answer = answer(about: ids)
    if let failure = answer.failure { throw failure }
    return answer.people
  }

  /// What can be said about ids.
  public func answer(about ids: [String]) -> PeopleAnswer {
    let asked = ids.filter(\.canBeAsked)
    var found: [String: Person] = [:]
    var failure: OrgError?
    do throws(OrgError) {
      if asked.isEmpty { return PeopleAnswer([:]) }
      let session = try Session(self)
      var start = 0
      while start < asked.count {
        let batch = asked[start..<min(asked.count, start + Self.batch)]
        start = batch.endIndex
        // A server takes its time for each term, and most ids are what they look like.
        for isLikely in [true, false] {
          let left = batch.filter { found[$0] == nil }
          let all = left.map(terms)
          let terms = all.flatMap { isLikely ? $0.prefix(1) : $0.dropFirst() }
          guard !terms.isEmpty else { continue }
          // Names and addresses may be those of several people.
          let (people, isWhole) = try session.find(
            "(&\(settings.filter)(|\(terms.joined())))", limit: left.count * 4)
          let index = PeopleIndex(people, ignoresCase: true)
          for id in left { found[id] = index.person(id) }
          if !isWhole, left.contains(where: { found[$0] == nil }) {
            failure = OrgError(.system, "\(capitalTitle) doesn't give all that was asked for.")
          }
        }
      }
    } catch {
      failure = error
    }
    return PeopleAnswer(found, failure: failure)
  }

  /// What in an entry may be an id, the likeliest first.
  private func terms(_ id: String) -> [String] {
    func term(_ attribute: String) -> String { "(\(attribute)=\(id.escapedForFilter))" }
    let isGUID = settings.id.lowercased() == "objectguid"
    var terms: [String] = []
    switch IDShape(id) {
    case .uuid where isGUID: terms.append("(\(settings.id)=\(Self.objectGUID(id).escapedForFilter))")
    case .uuid: terms.append(term(settings.id))
    case .email: terms.append(term(settings.email))
    case .name: break
    }
    terms.append(term(settings.userName))
    // Those are always UUIDs, and anything else in a filter for them is a mistake.
    let isUUID = isGUID || settings.id.lowercased() == "entryuuid"
    if !isUUID, IDShape(id) != .uuid, settings.id != settings.userName { terms.append(term(settings.id)) }
    return terms
  }

  /// People whose id, name or e-mail address has a text.
  public func people(completing text: String, limit: Int) throws(OrgError) -> [Person] {
    guard text.canBeAsked, limit > 0 else { return [] }
    let session = try Session(self)
    let value = text.escapedForFilter
    let names = [settings.userName, settings.email, "cn"]
    let first =
      (names + ["givenName", "sn"]).map { "(\($0)=\(value)*)" }.joined()
      + (IDShape(text) == .uuid ? terms(text).joined() : "")
    var people = try session.find("(&\(settings.filter)(|\(first)))", limit: limit).people.map(\.person)
    if people.count < limit {
      let any = names.map { "(\($0)=*\(value)*)" }.joined()
      var known = Set(people.map(\.id))
      let more = try session.find("(&\(settings.filter)(|\(any)))", limit: limit).people
      people += more.map(\.person).filter { known.insert($0.id).inserted }
    }
    return Array(people.prefix(limit))
  }

  /// The title at the beginning of a sentence.
  private var capitalTitle: String { "T" + title.dropFirst() }

  // MARK: Active Directory's ids

  /// The bytes of an id: the first three groups come with their last byte first.
  static func objectGUID(_ id: String) -> [UInt8] {
    let groups = id.split(separator: "-").map { group in
      stride(from: 0, to: group.utf8.count, by: 2).map { place in
        UInt8(group.dropFirst(place).prefix(2), radix: 16) ?? 0
      }
    }
    return groups.enumerated().flatMap { $0 < 3 ? $1.reversed() : $1 }
  }

  /// The id of such bytes; `nil` if they aren't 16.
  static func id(ofObjectGUID bytes: [UInt8]) -> String? {
    guard bytes.count == 16 else { return nil }
    let order = [[3, 2, 1, 0], [5, 4], [7, 6], [8, 9], [10, 11, 12, 13, 14, 15]]
    return order.map { group in
      group.map { (bytes[$0] < 16 ? "0" : "") + String(bytes[$0], radix: 16) }.joined()
    }.joined(separator: "-")
  }

  // MARK: Entries

  /// The entries of one search as they come.
  private struct Entries {
    let directory: LDAPDirectory
    var values: [Int: [UInt8]] = [:]
    var people: [PeopleIndex.Entry] = []

    mutating func finish() {
      if let entry = directory.entry(values) { people.append(entry) }
      values = [:]
    }
  }

  /// The largest value of an attribute that is read, in bytes.
  private static let valueLimit = 1024

  private func entry(_ values: [Int: [UInt8]]) -> PeopleIndex.Entry? {
    var texts: [String: String] = [:]
    for (place, bytes) in values {
      let name = attributes[place].lowercased()
      let text =
        name == "objectguid" ? Self.id(ofObjectGUID: bytes) : String(validating: bytes, as: UTF8.self)
      if let text { texts[name] = text }
    }
    var record = PersonRecord()
    for (field, attribute) in [
      ("id", settings.id), ("username", settings.userName), ("email", settings.email), ("name", "cn"),
      ("givenname", "givenname"), ("familyname", "sn"),
    ] {
      if let text = texts[attribute.lowercased()] { record.set(field, text) }
    }
    let isDisabled = settings.disabled.contains {
      texts[$0.attribute.lowercased()].map($0.isFulfilled) ?? false
    }
    record.set("enabled", isDisabled ? "false" : "true")
    return record.entry(settings.key)
  }

  /// A connection.
  private struct Session: ~Copyable {
    private let pointer: OpaquePointer
    private let directory: LDAPDirectory

    /// Connects and binds.
    init(_ directory: LDAPDirectory) throws(OrgError) {
      self.directory = directory
      if let reason = cldap_load() {
        throw OrgError(
          .system,
          "libldap, which asks \(directory.title), isn't installed (\(String(cString: reason).escapedForDisplay)); the package libldap-2.5-0 or libldap2 has it."
        )
      }
      let settings = directory.settings
      let authorities =
        settings.authorities ?? LDAPDirectory.systemAuthorities.first { access($0, R_OK) == 0 }
        ?? LDAPDirectory.systemAuthorities[0]
      if settings.server.isEncrypted, access(authorities, R_OK) != 0 {
        throw OrgError(
          .system,
          "\(directory.capitalTitle) can't be asked, for the file with trusted certificates \(authorities.escapedForDisplay) can't be read."
        )
      }
      var result = cldap_result()
      guard let pointer = directory.open(authorities, &result) else {
        throw directory.failure(result)
      }
      self.pointer = pointer
    }

    deinit { cldap_close(pointer) }

    /// People whose entries match a filter, and whether these are all.
    func find(_ filter: String, limit: Int) throws(OrgError) -> (people: [PeopleIndex.Entry], isWhole: Bool) {
      var entries = Entries(directory: directory)
      let result = directory.find(filter, limit, pointer, &entries)
      guard result.outcome == cldap_done || result.outcome == cldap_limited else {
        throw directory.failure(result)
      }
      return (entries.people, result.outcome == cldap_done)
    }
  }

  private func open(_ authorities: String, _ result: inout cldap_result) -> OpaquePointer? {
    let server = settings.server
    func open(_ name: UnsafePointer<CChar>?, _ password: UnsafePointer<CChar>?) -> OpaquePointer? {
      server.scheme.withCString { scheme in
        server.host.withCString { host in
          String(server.port).withCString { port in
            authorities.withCString { authorities in
              var server = cldap_server(
                scheme: scheme, host: host, port: port, starts_tls: server.startsTLS,
                authorities: authorities, name: name, password: password,
                connect_milliseconds: settings.timeLimit.milliseconds,
                bind_milliseconds: settings.timeLimit.milliseconds, answer_limit: 1 << 20)
              return cldap_open(&server, &result)
            }
          }
        }
      }
    }
    guard let account = settings.account else { return open(nil, nil) }
    return account.password.withText { password in
      account.name.withCString { name in password.withCString { open(name, $0) } }
    }
  }

  private func find(
    _ filter: String, _ limit: Int, _ session: OpaquePointer, _ entries: inout Entries
  ) -> cldap_result {
    var names: [UnsafeMutablePointer<CChar>?] = attributes.map { strdup($0) } + [nil]
    defer { for name in names { free(name) } }
    return withUnsafeMutablePointer(to: &entries) { entries in
      names.withUnsafeMutableBufferPointer { names in
        names.withMemoryRebound(to: UnsafePointer<CChar>?.self) { names in
          settings.base.withCString { base in
            filter.withCString { filter in
              guard let attributes = names.baseAddress else { return cldap_result() }
              var search = cldap_search(
                base: base, filter: filter,
                attributes: UnsafeRawPointer(attributes).assumingMemoryBound(to: UnsafePointer<CChar>.self),
                attribute_count: Int32(self.attributes.count), size_limit: Int32(clamping: limit),
                page_size: Int32(clamping: min(limit, 200)), milliseconds: settings.timeLimit.milliseconds,
                take: { context, place, value, length in
                  guard let entries = context?.assumingMemoryBound(to: Entries.self) else { return }
                  guard place >= 0 else { return entries.pointee.finish() }
                  guard length <= LDAPDirectory.valueLimit else { return }
                  entries.pointee.values[Int(place)] = value.withMemoryRebound(
                    to: UInt8.self, capacity: length
                  ) {
                    Array(UnsafeBufferPointer(start: $0, count: length))
                  }
                }, context: UnsafeMutableRawPointer(entries))
              return cldap_find(session, &search)
            }
          }
        }
      }
    }
  }

  /// The error of an outcome, in a sentence.
  private func failure(_ result: cldap_result) -> OrgError {
    var bytes = result.reason
    let reason = withUnsafeBytes(of: &bytes) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self).escapedForDisplay
    }
    let because = reason.isEmpty ? "" : ": " + (reason.hasSuffix(".") ? String(reason.dropLast()) : reason)
    let sentence =
      switch result.outcome {
      case cldap_timed_out: "\(capitalTitle) didn't answer in \(settings.timeLimit.components.seconds) s."
      case cldap_unreachable: "\(capitalTitle) can't be reached\(because)."
      case cldap_untrusted: "The certificate of \(title) can't be trusted\(because)."
      case cldap_refused where settings.account == nil:
        "\(capitalTitle) doesn't answer without an account\(because); name one with bind in the configuration."
      case cldap_refused:
        "\(capitalTitle) doesn't accept the account, its password or the question\(because)."
      case cldap_no_base where settings.account == nil:
        "\(capitalTitle) doesn't show the entry \(settings.base.quoted) without an account; name one with bind in the configuration, if base is right."
      case cldap_no_base:
        "\(capitalTitle) doesn't have the entry \(settings.base.quoted), or doesn't show it; is base right?"
      case cldap_elsewhere:
        "\(capitalTitle) answers that the entries are at another server; name that one in the configuration."
      default: "\(capitalTitle) can't be asked\(because)."
      }
    return OrgError(.system, sentence)
  }
}
