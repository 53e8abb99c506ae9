import Foundation
import Glibc
import OrgCore
import Testing

@testable import OrgFileStore

/// What a process that ends leaves for the next: where the records stand in the files that it published.
@Suite struct PlacesTests {
  /// A directory with more than is read through at once: 41 organizations, the last of which has no members.
  private func large() throws -> Scratch {
    let time = "2026-01-31 10:00:00"
    let organizations = (0..<41).map {
      """
        "org_\($0)": {
          "id": "org_\($0)",
          "name": "Organization \($0)",
          "created_at": "\(time)",
          "plan_tier": "starter",
          "lago_customer_id": null,
          "stripe_customer_id": null,
          "status": "active"
        }
      """
    }
    let lists = (0..<40).map { organization in
      let members = (0..<200).map {
        """
            {
              "org_id": "org_\(organization)",
              "user_id": "user_\($0)",
              "role": "\($0 == 0 ? "owner" : "member")",
              "joined_at": "\(time).\(100_000 + $0)"
            }
        """
      }
      return "  \"org_\(organization)\": [\n\(members.joined(separator: ",\n"))\n  ]"
    }
    return try Scratch(
      organizations: "{\n\(organizations.joined(separator: ",\n"))\n}",
      users: "{\n\((lists + ["  \"org_40\": []"]).joined(separator: ",\n"))\n}")
  }

  /// The data as another process sees them, and whether it knew where the records stand.
  private func opened(_ scratch: Scratch) throws -> (contents: FileContents, isKnown: Bool) {
    let store = try FileStore(path: scratch.path)
    let contents = try store.snapshot().contents
    return (contents, store.parts.published.withLock { $0.places != nil })
  }

  private func change(_ scratch: Scratch, _ body: (OrgManager) throws -> Void) throws {
    try body(OrgManager(store: try FileStore(path: scratch.path, isShortLived: true)))
  }

  /// Compares with the files, read through from beginning to end.
  private func expectAsRead(_ contents: FileContents, _ scratch: Scratch) throws {
    let files = try scratch.files()
    let whole = FileContents(files[0], files[1])
    #expect(isSame(contents, whole))
    #expect(Places(contents, hashes: [:])?.text == Places(whole, hashes: [:])?.text)
    #expect(contents.organizationCount == whole.organizationCount)
    for index in 0..<whole.organizationCount {
      let id = whole.organizations.id(at: index)
      #expect(contents.index(ofOrganization: id) == index)
      #expect(contents.organization(at: index) == whole.organization(at: index))
      #expect(contents.isSame(at: index, as: index, in: whole))
    }
  }

  private func text(_ scratch: Scratch) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/.orgman/places")))
  }

  @Test func `after a change the next process knows where the records stand, and sees what is there`() throws
  {
    let scratch = try large()
    #expect(try !opened(scratch).isKnown)
    let changes: [(OrgManager) throws -> Void] = [
      { _ = try $0.updateRole(of: "user_7", in: "org_3", to: .billingAdmin) },
      { _ = try $0.addUser("somebody", to: "org_40", role: .owner) },
      { _ = try $0.removeUser("user_9", from: "org_0") },
      { _ = try $0.updateRole(of: "user_190", in: "org_39", to: .billingAdmin) },
      { _ = try $0.rename("org_20", to: "Another name") },
      { _ = try $0.createOrganization(name: "Once more") },
    ]
    for make in changes {
      try change(scratch, make)
      let (contents, isKnown) = try opened(scratch)
      #expect(isKnown)
      try expectAsRead(contents, scratch)
      // Worked out from what the hash was on the way.
      let text = try Data(contentsOf: URL(fileURLWithPath: scratch.path + "/.orgman/published"))
      let hashes = try #require(Published(Array(text))).hashes
      #expect(hashes["organizations.json"] == sha256(Array(try scratch.read("organizations.json").utf8)))
      #expect(hashes["org_users.json"] == sha256(Array(try scratch.read("org_users.json").utf8)))
    }
  }

  @Test func `what was written down counts for no other bytes, and only while nobody wrote to the files`()
    throws
  {
    let scratch = try large()
    try change(scratch) { _ = try $0.updateRole(of: "user_7", in: "org_3", to: .billingAdmin) }
    let users = try scratch.read("org_users.json")
    // The same bytes again, others of the same length, and longer ones.
    for role in ["\"billing_admin\"", "\"member\"       ", "\"billing_admin\"      "] {
      try scratch.write(
        "org_users.json", users.replacing("\"billing_admin\"", with: role, maxReplacements: 1))
      let (contents, isKnown) = try opened(scratch)
      #expect(!isKnown)
      try expectAsRead(contents, scratch)
    }
    try scratch.write("org_users.json", users)
    try change(scratch) { _ = try $0.updateRole(of: "user_8", in: "org_3", to: .billingAdmin) }
    let (contents, isKnown) = try opened(scratch)
    #expect(isKnown)
    try expectAsRead(contents, scratch)
  }

  @Test func `what was written down isn't believed where it is damaged`() throws {
    let scratch = try large()
    try change(scratch) { _ = try $0.updateRole(of: "user_7", in: "org_3", to: .billingAdmin) }
    let text = try text(scratch)
    for length in [0, 1, 64, 65, 200, text.count - 1] {
      try scratch.write(".orgman/places", Array(text.prefix(length)))
      #expect(try !opened(scratch).isKnown)
    }
    for offset in stride(from: 0, to: text.count, by: text.count / 40) {
      var damaged = text
      damaged[offset] ^= 1
      try scratch.write(".orgman/places", damaged)
      #expect(try !opened(scratch).isKnown)
    }
    try scratch.write(".orgman/places", text)
    #expect(try opened(scratch).isKnown)
    try FileManager.default.removeItem(atPath: scratch.path + "/.orgman/places")
    let (contents, isKnown) = try opened(scratch)
    #expect(!isKnown)
    try expectAsRead(contents, scratch)
  }

  @Test func `places that are made up lead nowhere outside of the files`() throws {
    let scratch = try large()
    try change(scratch) { _ = try $0.updateRole(of: "user_7", in: "org_3", to: .billingAdmin) }
    let text = try text(scratch)
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
    let numbers = lines[2].startIndex
    var refused = 0
    for offset in stride(from: numbers, to: text.count, by: 4001) {
      for bit: UInt8 in [1, 0x80] {
        var body = Array(text[lines[1].startIndex...])
        body[offset - lines[1].startIndex] ^= bit
        try scratch.write(".orgman/places", Array((sha256(body) + "\n").utf8) + body)
        let (contents, isKnown) = try opened(scratch)
        refused += isKnown ? 0 : 1
        for index in 0..<contents.organizationCount {
          _ = contents.organization(at: index)
          for member in 0..<contents.memberCount(at: index) { _ = contents.member(member, at: index) }
        }
      }
    }
    #expect(refused > 2)
  }
}
