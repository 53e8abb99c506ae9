import OrgCore
import Testing

@Suite struct NearMatchTests {
  private let words = ["list", "show", "members", "user", "users", "plans", "export", "history", "set"]

  @Test(arguments: [
    ("lsit", ["list"]), ("LIST", ["list"]), ("listt", ["list"]), ("ist", ["list"]), ("memebrs", ["members"]),
    ("hist", ["history", "list"]), ("plan", ["plans"]), ("usr", ["user"]), ("sets", ["set"]), ("", []),
    ("s", []), ("xyzzy", []), ("exporting", ["export"]),
  ])
  func `what was probably meant is found, nearest first`(typed: String, expected: [String]) {
    #expect(words.near(typed) == expected)
  }

  @Test func `a word that is there isn't suggested, and long texts aren't compared`() {
    #expect(words.near("list").contains("list") == false)
    #expect([String(repeating: "a", count: 100)].near(String(repeating: "a", count: 99)) == [])
    #expect(["株式会社"].near("株式会杜") == ["株式会社"])
  }
}
