import Foundation
import TerminalTesting
import Testing

extension EndToEnd {
  /// `orgman review`.
  @Suite struct Review {
    private let joined = "2026-11-22 21:51:10"

    private func data(_ store: TestStore) throws -> any TestData {
      try store.data([
        Record("2", "Globex", members: [("eve", "owner"), ("max", "member")]),
        Record("1", "Acme", members: [("bob", "member"), ("ann", "owner")]),
        Record("3", "Empty"),
      ])
    }

    /// The lines of CSV without what differs from run to run: when and by whom.
    private func rows(_ output: Output) -> [[String]] {
      output.stdout.split(separator: "\r\n").dropFirst().map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    }

    @Test(arguments: TestStore.allCases)
    func `who has which role where is listed, and who granted it as far as the history says`(store: TestStore)
      throws
    {
      let data = try data(store)
      let orgman = Script(data: data)
      #expect(try orgman("role", "Acme", "bob", "billing").status == .exited(0))
      #expect(try orgman("add", "Globex", "zoe").status == .exited(0))
      let review = try orgman("review", "--csv")
      #expect(review.status == .exited(0), "\(review)")
      #expect(review.stdout.hasPrefix("org_id,org_name,user_id,role,since,granted_by\r\n"))
      #expect(review.stderr == "orgman: 5 members of 3 organizations.\n")
      let rows = rows(review)
      #expect(
        rows.map { $0[1...3].joined(separator: " ") } == [
          "Acme ann owner", "Acme bob billing_admin", "Globex eve owner", "Globex max member",
          "Globex zoe member",
        ])
      #expect(rows.map { $0[5].isEmpty } == [true, false, true, true, false], "\(rows)")
      let name = userName(getuid())
      #expect(rows[1][5].hasPrefix(name) && !rows[1][4].hasPrefix("2026-11-22"), "\(rows[1])")
      #expect(rows[0][4].hasPrefix("2026-11-22"), "\(rows[0])")
      let json = try orgman("review", "--json", "acme").json([[String: Any]].self)
      #expect(json.map { $0["user_id"] as? String } == ["ann", "bob"])
      #expect(json[0]["granted_by"] is NSNull)
      // What another program did isn't said to be from the one who noticed it.
      try data.setRole(of: "max", in: data.id("org_2"), to: "owner")
      #expect(try orgman("set", "Empty", "--name", "Void").status == .exited(0))
      let foreign = self.rows(try orgman("review", "--csv", "globex"))
      let max = try #require(foreign.first { $0[2] == "max" })
      #expect(max[3] == "owner" && max[5].hasPrefix("outside orgman"), "\(max)")
    }

    @Test(arguments: TestStore.allCases)
    func `a user reviews what the user may see`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      #expect(try orgman("role", "Acme", "bob", "billing").status == .exited(0))
      #expect(try orgman("add", "Globex", "zoe").status == .exited(0))
      let review = try orgman("review", "--csv", "--as", "ann")
      #expect(review.status == .exited(0), "\(review)")
      #expect(rows(review).map { $0[2] } == ["ann", "bob"])
      #expect(rows(review).map { $0[5].isEmpty } == [true, false])
      #expect(!review.stdout.contains("Globex"))
      let signed = try orgman("review", "--markdown", "--as", "ann")
      #expect(signed.stdout.contains(", as ann may see it\n") && !signed.stdout.contains("zoe"))
      // What the user may not see isn't gone.
      let file = data.directory + "/all.csv"
      #expect(try orgman("review", "--output", file).status == .exited(0))
      let compared = try orgman("review", "--since-review", file, "--as", "ann")
      #expect(compared.status == .exited(0) && !compared.stdout.contains("Globex"), "\(compared)")
    }

    @Test(arguments: TestStore.allCases)
    func `what differs from an earlier review is marked, and makes the status 3`(store: TestStore) throws {
      let data = try data(store)
      let orgman = Script(data: data)
      let file = data.directory + "/earlier.csv"
      #expect(try orgman("review", "--output", file).status == .exited(0))
      let same = try orgman("review", "--since-review", file, "--csv")
      #expect(same.status == .exited(0), "\(same)")
      #expect(
        same.stderr
          == "orgman: 4 members of 3 organizations. Since the earlier review: 0 added, 0 removed, 0 with another role.\n"
      )
      #expect(try orgman("review", "--output", file).status == .exited(1))
      #expect(try orgman("transfer", "Acme", "ann", "zoe", "--leave").status == .exited(0))
      #expect(try orgman("role", "Globex", "max", "billing").status == .exited(0))
      let review = try orgman("review", "--since-review", file, "--csv")
      #expect(review.status == .exited(3))
      #expect(
        review.stderr.hasSuffix("Since the earlier review: 1 added, 1 removed, 1 with another role.\n"))
      #expect(
        rows(review).map { [$0[2], $0[3], $0[6], $0[7]].joined(separator: ",") } == [
          "ann,,removed,owner", "bob,member,,", "zoe,owner,added,", "eve,owner,,",
          "max,billing_admin,changed,member",
        ])
      // Only what the query finds is compared.
      #expect(rows(try orgman("review", "--since-review", file, "--csv", "empty")) == [])
      #expect(
        rows(try orgman("review", "--since-review", file, "--csv", "globex")).map { $0[6] } == [
          "", "changed",
        ])
      let signed = try orgman("review", "--since-review", file, "--markdown").stdout
      #expect(signed.contains("| ann |  |  |  | **removed**, was owner |\n"), "\(signed)")
      #expect(signed.contains("| **changed**, was member |\n") && signed.contains("| **added** |\n"))
      // What was made of a review and a file of other kinds.
      let other = data.directory + "/other.csv"
      for (text, sentence) in [
        ("a,b\r\n", "line 1: there is no column org_id"),
        ("org_id,user_id,role\r\nx,y\r\n", "line 2: 2 values, where the first line names 3."),
        ("org_id,user_id,role\r\n\"x,y,z\r\n", "line 2: a quote isn't closed."),
        ("", "line 1: there is no column"),
      ] {
        try Data(text.utf8).write(to: URL(filePath: other))
        let output = try orgman("review", "--since-review", other)
        #expect(output.status == .exited(1) && output.stderr.contains(sentence), "\(output)")
      }
      #expect(try orgman("review", "--since-review", data.directory + "/none.csv").status == .exited(2))
      // Only what a spreadsheet would run has an apostrophe that doesn't count.
      let shared = "org_id,user_id,role\r\n\(data.id("org_9")),'x,owner\r\n"
      try data.add([Record("9", "Nine", members: [("x", "owner")])])
      try Data(shared.utf8).write(to: URL(filePath: other))
      let swapped = rows(try orgman("review", "--since-review", other, "--csv", "nine"))
      #expect(swapped.map { [$0[2], $0[6]] } == [["'x", "removed"], ["x", "added"]])
      // An organization that isn't there any more.
      try Data("org_id,org_name,user_id,role\r\norg_gone,Gone,tim,owner\r\n".utf8).write(
        to: URL(filePath: other))
      let gone = rows(try orgman("review", "--since-review", other, "--csv", "empty"))
      #expect(gone.map { [$0[1], $0[2], $0[6], $0[7]] } == [["Gone", "tim", "removed", "owner"]])
    }

    @Test func `hostile texts are text in every format`() throws {
      let names = ["=1+1", "a|b\n# c", "[x](http://evil) <b> www.evil.test", "\u{1B}[31mred"]
      let users = ["=cmd", "@x", "b|c", "**d**", "e\u{202E}f"]
      let data = try TestStore.files.data(
        names.enumerated().map { index, name in
          Record("\(index)", name, members: users.map { ($0, "owner") })
        })
      let orgman = Script(data: data)
      let markdown = try orgman("review", "--markdown")
      #expect(markdown.status == .exited(0) && markdown.isHarmless, "\(markdown)")
      for line in markdown.stdout.split(separator: "\n") where line.hasPrefix("|") {
        #expect(line.replacing("\\|", with: "").count(where: { $0 == "|" }) == 5, "\(line)")
      }
      for text in ["\\=1+1", "\\[x\\](http\\://evil) \\<b\\> www\\.evil.test", "a\\|b", "\\*\\*d\\*\\*"] {
        #expect(markdown.stdout.contains(text), "\(text)\n\(markdown.stdout)")
      }
      #expect(markdown.stdout.components(separatedBy: "\n## ").count == names.count + 2)
      #expect(
        markdown.stdout.components(separatedBy: "\nReviewed by: ___").count == names.count + 1)
      let file = data.directory + "/earlier.csv"
      #expect(try orgman("review", "--csv", "--spreadsheet", "--output", file).status == .exited(0))
      let text = try String(contentsOfFile: file, encoding: .utf8)
      #expect(text.contains(",'=cmd,") && text.contains(",'=1+1,"))
      // What was written for a spreadsheet is the same all the same.
      let same = try orgman("review", "--since-review", file)
      #expect(same.status == .exited(0), "\(same)")
      #expect(try orgman("review", "--spreadsheet").status == .exited(64))
      #expect(try orgman("review", "--csv", "--markdown").status == .exited(64))
      #expect(try orgman("review", "--output", "\(data.directory)/x.doc").status == .exited(64))
      #expect(try orgman("review", "plan:").status == .exited(64))
    }

    @Test func `ten thousand members are reviewed in one go`() throws {
      let data = try TestStore.files.data(
        (0..<10).map { index in
          Record("\(index)", "Name \(index)", members: (0..<1000).map { ("user_\($0)", "member") })
        })
      let orgman = Script(data: data)
      #expect(try orgman("role", "org_7", "user_7", "owner").status == .exited(0))
      let file = data.directory + "/earlier.csv"
      #expect(try orgman("review", "--output", file).status == .exited(0))
      let compared = try orgman("review", "--since-review", file, "--markdown")
      #expect(compared.status == .exited(0), "\(compared.stderr)")
      #expect(
        compared.stderr.hasPrefix("orgman: 10,000 members of 10 organizations."), "\(compared.stderr)")
    }
  }
}
