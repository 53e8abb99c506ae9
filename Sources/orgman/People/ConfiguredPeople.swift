import OrgCore
import OrgIntegrations
import OrgTerminal

extension PeopleSources {
  /// The directories of users that are configured; `nil` for none. One that can't be asked as it is configured says why
  /// whenever it is.
  static var configured: PeopleSources? {
    let directories = ConfigurationFile.load().configuration.directories
    return directories.isEmpty ? nil : PeopleSources(directories.map(\.directory))
  }
}

extension DirectorySettings {
  /// What is asked.
  fileprivate var directory: any PeopleDirectory {
    do throws(OrgError) { return try source() } catch { return UnusableDirectory(name: name, error: error) }
  }

  /// What is wrong with the settings, as far as it can be told without asking.
  var problem: String? {
    do throws(OrgError) {
      switch kind {
      case .ldap: _ = try ldap()
      case .keycloak: _ = try ServiceAddress(texts["keycloak"] ?? "")
      case .file, .command, .passwd, nil: break
      }
      return nil
    } catch {
      return error.message
    }
  }

  private func source() throws(OrgError) -> any PeopleDirectory {
    let limit = Duration.seconds(timeLimit)
    switch kind {
    case .command:
      return CommandDirectory(name, command: lists["command"] ?? [], key: key, timeLimit: limit)
    case .ldap:
      var settings = try ldap()
      if let bind = texts["bind"] {
        settings.account = (bind, try secret("password", ServiceKey.findPassword))
      }
      return LDAPDirectory(name, settings)
    case .keycloak:
      return try KeycloakDirectory(
        name, at: ServiceAddress(texts["keycloak"] ?? ""), realm: texts["realm"] ?? "",
        clientID: texts["client"] ?? "", secret: secret("secret", ServiceKey.find), key: key,
        timeLimit: limit)
    case .passwd: return PasswdDirectory(name, timeLimit: limit)
    case .file, nil: return PeopleFile(texts["file"] ?? "", key: key)
    }
  }

  private func ldap() throws(OrgError) -> LDAPDirectory.Settings {
    let server = try LDAPServer(texts["ldap"] ?? "", startsTLS: flags.contains("start-tls"))
    var settings = LDAPDirectory.Settings(server: server, base: texts["base"] ?? "")
    (settings.key, settings.timeLimit) = (key, .seconds(timeLimit))
    settings.authorities = texts["ca-file"]
    if let filter = texts["filter"] {
      guard filter.hasPrefix("("), filter.hasSuffix(")") else {
        throw OrgError(.invalidValue, "filter is an LDAP filter in parentheses, not \(filter.quoted).")
      }
      settings.filter = filter
    }
    for (name, path) in [
      ("id-attribute", \LDAPDirectory.Settings.id), ("username-attribute", \.userName),
      ("email-attribute", \.email),
    ] {
      guard let attribute = texts[name] else { continue }
      guard attribute.isLDAPAttribute else {
        throw OrgError(.invalidValue, "\(name) is the name of an attribute, not \(attribute.quoted).")
      }
      settings[keyPath: path] = attribute
    }
    if let texts = lists["disabled"] {
      var conditions: [LDAPCondition] = []
      for text in texts {
        guard let condition = LDAPCondition(text) else {
          throw OrgError(
            .invalidValue,
            "disabled has ATTRIBUTE, ATTRIBUTE=VALUE or ATTRIBUTE&BITS, not \(text.quoted).")
        }
        conditions.append(condition)
      }
      settings.disabled = conditions
    }
    return settings
  }

  /// Where a secret of this directory is: `password` or `secret`.
  private func secret(
    _ kind: String, _ find: (ServiceKey.Places, (String) -> String?) throws(OrgError) -> ServiceKey?
  ) throws(OrgError) -> ServiceKey {
    let variable =
      "ORGMAN_" + name.uppercased().replacing("-", with: "_") + "_" + kind.uppercased()
    let places = ServiceKey.Places(
      credential: "\(name)-\(kind)", file: texts["\(kind)-file"], variable: variable)
    guard let key = try find(places, UserDirectory.variable) else {
      throw OrgError(
        .invalidValue,
        "There is no \(kind) for the directory \(name): name a file with it as \(kind)-file in the configuration, or set \(variable)."
      )
    }
    return key
  }
}

/// A directory that can't be asked as it is configured.
private struct UnusableDirectory: PeopleDirectory {
  let name: String
  let error: OrgError

  var title: String { "the directory \(name)" }
  func people(with ids: [String]) throws(OrgError) -> [String: Person] { throw error }
  func people(completing text: String, limit: Int) throws(OrgError) -> [Person] { throw error }
}
