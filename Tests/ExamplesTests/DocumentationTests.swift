import Dispatch
import Foundation
import OrgCore
import OrgFileStore
import TerminalTesting
import Testing

/// The articles of the libraries: what they say must be so.
@Suite struct DocumentationTests {
  private static let articles = [
    "Sources/OrgCore/OrgCore.docc/OrgCore.md", "Sources/OrgCore/OrgCore.docc/QuickReference.md",
    "Sources/OrgCore/OrgCore.docc/ChangesAndConflicts.md",
    "Sources/OrgFileStore/OrgFileStore.docc/OrgFileStore.md",
    "Sources/OrgFileStore/OrgFileStore.docc/BuildingAService.md", "README.md",
  ]

  /// Code, whatever its line breaks and indentation.
  private func squeezed(_ code: some StringProtocol) -> String { String(code.filter { !$0.isWhitespace }) }

  @Test(arguments: articles)
  func `every block of Swift in an article is compiled and run`(article: String) throws {
    let compiled = squeezed(try Repository.text("Tests/ExamplesTests/GuideCode.swift"))
    let blocks = try Repository.text(article).components(separatedBy: "```swift\n").dropFirst()
      .compactMap { $0.components(separatedBy: "\n```").first }
    #expect(!blocks.isEmpty)
    for block in blocks {
      #expect(compiled.contains(squeezed(block)), "Not in GuideCode.swift:\n\(block)")
    }
  }

  @Test func `every article with Swift in it is tested`() throws {
    for module in ["OrgCore", "OrgFileStore"] {
      let folder = "Sources/\(module)/\(module).docc"
      let names = try FileManager.default.contentsOfDirectory(
        atPath: Repository.root.appending(path: folder).path)
      for name in names where try Repository.text("\(folder)/\(name)").contains("```swift") {
        #expect(Self.articles.contains("\(folder)/\(name)"))
      }
    }
  }

  @Test func `the quick reference does what it says`() throws {
    let manager = try begin(InMemoryStore())
    let acme = try #require(try manager.organizations().first).id
    try read(acme, manager)
    try changeMembers(acme, manager)
    try changeOrganizations(manager)
    try askOneMoment(acme, manager)
    try changeSeveral(acme, manager)
    try changeWhatIsFound(acme, manager)
    try lookBack(acme, manager)
    try checkValues(manager)
  }

  @Test func `conflicts are reported as the article shows`() throws {
    let manager = try begin(InMemoryStore())
    let acme = try #require(try manager.organizations().first).id
    try manager.addUser("bob", to: acme, role: .billingAdmin)
    try manager.updatePlan(of: acme, to: "enterprise")
    var reports: [String] = []
    decide(acme, manager) { reports.append($0) }
    #expect(
      reports == [
        "plan_tier is enterprise now, no longer starter", "role is billing_admin now, no longer member",
      ])
  }

  @Test func `the service of the guide opens, reads, edits and meets conflicts`() throws {
    let directory = try TemporaryDirectory()
    let store = try openOrganizations(in: directory.path + "/data")
    let manager = OrgManager(store: try openOrganizations(in: directory.path + "/data"))
    let acme = try manager.createOrganization(name: "Acme Corp")
    try manager.addUser("ann", to: acme)
    #expect(try mayUse("ann", acme, in: store) && !mayUse("bob", acme, in: store))
    #expect(try upgrade(acme, to: "gold", in: store) == "done")
    #expect(try upgrade("org_none", to: "gold", in: store) == "no such organization")
    #expect(try upgrade(acme, to: "", in: store) == "A plan can't be empty.")
    #expect(try promote("ann", in: acme, seeing: .billingAdmin, store: store) == "is member by now")
    #expect(try promote("ann", in: acme, seeing: .member, store: store) == "done")
    #expect(try promote("ann", in: acme, seeing: .member, store: store) == "no changes needed")
    try manager.updateStatus(of: acme, to: .suspended)
    #expect(try !mayUse("ann", acme, in: store))
    #expect(try testStore().organizations(ofUser: "ann").map(\.name) == ["Acme Corp"])
  }

  @Test func `the guide's wait for the lock names the holder, and ends`() throws {
    let directory = try TemporaryDirectory()
    let store = try openOrganizations(in: directory.path + "/data")
    let acme = try OrgManager(store: store).createOrganization(name: "Acme Corp")
    let rename = ChangeSet([.setField(.name, organization: acme, from: "Acme Corp", to: "Acme")])
    let lock = open("\(directory.path)/data/.orgman/lock", O_RDWR | O_CLOEXEC)
    try #require(lock >= 0 && flock(lock, LOCK_EX) == 0)
    var notes: [String] = []
    let commit = try commitSoon(rename, to: store) {
      notes.append($0)
      flock(lock, LOCK_UN)
    }
    close(lock)
    #expect(commit.changes.count == 1)
    #expect(notes.first?.hasPrefix("held by ") == true)
  }

  @Test func `the guide's asynchronous calls leave the pool free and pass errors on`() async throws {
    let directory = try TemporaryDirectory()
    let organizations = Organizations(store: try openOrganizations(in: directory.path))
    let acme = try await organizations.call { manager throws(OrgError) in
      try manager.createOrganization(name: "Acme Corp")
    }
    #expect(acme.hasPrefix("org_"))
    await #expect(throws: OrgError.self) {
      try await organizations.call { manager throws(OrgError) in try manager.createOrganization(name: "") }
    }
  }

  @Test func `the guide's watcher sees what another program writes, and the history has it`() throws {
    let directory = try TemporaryDirectory()
    let store = try openOrganizations(in: directory.path)
    let manager = OrgManager(store: try FileStore(path: directory.path))
    let acme = try manager.createOrganization(name: "Acme Corp")
    let file = URL(filePath: directory.path + "/organizations.json")
    let isSeen = DispatchSemaphore(value: 0)
    let isOver = DispatchSemaphore(value: 0)
    // Again and again, for the watch may begin only after a write.
    Thread.detachNewThread {
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      var count = 0
      repeat {
        count += 1
        try? Data(text.replacing("founders_friend", with: "gold \(count)").utf8).write(to: file, options: [])
      } while isSeen.wait(timeout: .now() + .milliseconds(100)) == .timedOut
      isOver.signal()
    }
    var seen: Set<String> = []
    do {
      defer {
        isSeen.signal()
        isOver.wait()
      }
      try follow(store) { _, changed in
        seen = changed
        return false
      }
    }
    #expect(seen == [acme])
    let entry = try #require(try store.history().first)
    #expect(entry.kind == .foreign)
    #expect(entry.changes.first?.summary.hasPrefix("Plan of Acme Corp: ") == true)
  }

  @Test func `the files and sections that the README links are there`() throws {
    let readme = try Repository.text("README.md")
    let links = readme.matches(of: #/\]\(([^)]+)\)/#).map { String($0.1) }
    #expect(!links.isEmpty)
    for link in links {
      if let section = link.split(separator: "#").last, link.first == "#" {
        let title = section.replacing("-", with: " ")
        let lines = readme.lowercased().split(separator: "\n")
        #expect(lines.contains("## \(title)") || lines.contains("### \(title)"), "\(link)")
        continue
      }
      #expect(FileManager.default.fileExists(atPath: Repository.root.appending(path: link).path), "\(link)")
    }
  }

  @Test func `the guide links products that there are`() throws {
    let guide = try Repository.text("Sources/OrgFileStore/OrgFileStore.docc/BuildingAService.md")
    let manifest = try Repository.text("Package.swift")
    #expect(manifest.hasPrefix("// swift-tools-version: 6.2\n"))
    #expect(guide.contains("// swift-tools-version: 6.2\n") && guide.contains("Swift 6.2 or newer"))
    for product in ["OrgCore", "OrgFileStore"] {
      #expect(guide.contains(".product(name: \"\(product)\", package: \"orgman\")"))
      #expect(manifest.contains(".library(name: \"\(product)\""))
    }
  }

  @Test func `every operation of the Python service has a Swift name`() throws {
    let article = try Repository.text("Sources/OrgCore/OrgCore.docc/FromPython.md")
    for name in [
      "create_organization", "get_org", "update_org_plan", "update_org_status", "update_org_billing_ids",
      "list_all_organizations", "search_organizations", "get_organizations_by_plan", "add_user_to_org",
      "remove_user_from_org", "update_user_role", "get_user_orgs", "get_org_users", "get_user_role_in_org",
    ] {
      #expect(article.contains("| `\(name)` | ``OrgManager/"), "\(name)")
    }
  }

  @Test func `every key in a journal is described`() throws {
    let directory = try TemporaryDirectory()
    let store = try openOrganizations(in: directory.path)
    let manager = OrgManager(store: store)
    let acme = try manager.createOrganization(name: "Acme Corp", planTier: "starter")
    try manager.addUser("ann", to: acme, role: .owner)
    try manager.addUser("bob", to: acme)
    try manager.updateRole(of: "bob", in: acme, to: .billingAdmin)
    try manager.removeUser("bob", from: acme)
    try manager.updatePlan(of: acme, to: "gold")
    let globex = try manager.createOrganization(name: "Globex")
    try manager.commit(try #require(try manager.undoable(by: nil)).inverse)
    #expect(try manager.organization(id: globex) == nil)
    // Another program, and one that breaks a file.
    let file = URL(filePath: directory.path + "/organizations.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try Data(text.replacing("gold", with: "silver").utf8).write(to: file, options: [])
    try store.maintain()
    try Data("{".utf8).write(to: file, options: [])
    try store.maintain()
    _ = try store.restore(to: .generation(1))

    let article = try Repository.text("Sources/OrgFileStore/OrgFileStore.docc/DataDirectory.md")
    let folder = directory.path + "/.orgman/journal"
    var kinds: Set<String> = []
    func check(_ object: Any?, _ part: String) throws {
      for (key, value) in try #require(object as? [String: Any], "\(part)") {
        #expect(article.contains("`\(key)`"), "\(part) \(key)")
        switch key {
        case "actor": try check(value, key)
        case "changes": for change in try #require(value as? [Any]) { try check(change, key) }
        case "files": for state in try #require(value as? [String: Any]).values { try check(state, key) }
        case "splices":
          for splices in try #require(value as? [String: [Any]]).values {
            for splice in splices { try check(splice, key) }
          }
        case "kind", "op":
          let name = try #require(value as? String)
          #expect(article.contains("`\(name)`"))
          kinds.insert(name)
        default: break
        }
      }
    }
    for segment in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let lines = try String(contentsOf: URL(filePath: "\(folder)/\(segment)"), encoding: .utf8)
      for line in lines.split(separator: "\n") {
        #expect(line.hasPrefix("{\"sha256\":\""))
        var object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        object["sha256"] = nil
        try check(object, "line")
      }
    }
    #expect(kinds.isSuperset(of: ["checkpoint", "edit", "undo", "foreign", "repair", "restore"]))
    #expect(kinds.isSuperset(of: ["create", "delete", "set", "add", "remove", "role"]))
  }
}
