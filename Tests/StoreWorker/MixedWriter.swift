import OrgCore

/// Makes changes of every kind to records of its own.
struct MixedWriter {
  private let manager: OrgManager
  private let name: String
  private var random: Generator
  private var organizations: [String] = []
  private var users: [(organization: String, user: String)] = []
  private var number = 0

  /// SplitMix64: the same every time.
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var value = state
      value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
      value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
      return value ^ (value >> 31)
    }
  }

  init(_ manager: OrgManager, name: String, seed: UInt64) {
    (self.manager, self.name, random) = (manager, name, Generator(state: seed))
  }

  /// Makes one change, and says which, when it was acknowledged.
  ///
  /// - Parameter announce: is given a change of something that an earlier one may have set, before it is made: if the process
  ///   is killed, it may be made or not.
  mutating func change(announce: (String) -> Void) throws -> String? {
    number += 1
    guard let organization = organizations.randomElement(using: &random), number % 4 != 0 else {
      let id = try manager.createOrganization(name: "\(name) \(number)")
      organizations.append(id)
      return #"{"op": "create", "org": "\#(id)", "name": "\#(name) \#(number)"}"#
    }
    switch number % 4 {
    case 1:
      let user = "\(name)-\(number)"
      guard try manager.addUser(user, to: organization, role: .owner) else { return missing(organization) }
      users.append((organization, user))
      return #"{"op": "add", "org": "\#(organization)", "user": "\#(user)", "role": "owner"}"#
    case 2:
      guard let (organization, user) = users.randomElement(using: &random) else { return nil }
      let role = Rules.files.roles.randomElement(using: &random) ?? .member
      let member = #""org": "\#(organization)", "user": "\#(user)", "role": "\#(role.rawValue)""#
      announce(#"{"op": "try", \#(member)}"#)
      guard try manager.updateRole(of: user, in: organization, to: role, allowingOwnerless: true) else {
        return missing(organization)
      }
      return #"{"op": "role", \#(member)}"#
    default:
      let plan = #""org": "\#(organization)", "plan": "\#(name) \#(number)""#
      announce(#"{"op": "try", \#(plan)}"#)
      guard try manager.updatePlan(of: organization, to: "\(name) \(number)") else {
        return missing(organization)
      }
      return #"{"op": "plan", \#(plan)}"#
    }
  }

  /// What it made before isn't there for now: a program that read the files earlier has just written them, and the next
  /// commit puts that right. Whether it is there in the end is for the test to say.
  private func missing(_ organization: String) -> String? { nil }
}
