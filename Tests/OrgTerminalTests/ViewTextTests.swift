import OrgCore
import OrgViewModel
import Testing

@testable import OrgTerminal

@Suite struct ViewTextTests {
  private let view = SavedView(
    name: "enterprise \"without\" Stripe", filter: "plan:enterprise no:stripe", sort: "-members",
    columns: [.field(.status), .members])

  private let text = """
    # My own words.
    theme = "contrast"  # no dim text

    [queries]
    "old one" = "owners:0"
    """

  @Test func `a view is added, and everything else stays as it was`() throws {
    let new = try Configuration.text(text, saving: view)
    #expect(
      new == text + """


        [views."enterprise \\"without\\" Stripe"]
        filter = "plan:enterprise no:stripe"
        sort = "-members"
        columns = ["status", "members"]

        """)
    let (configuration, problems) = Configuration.read(new)
    #expect(problems == [])
    #expect(
      configuration.preferences.allViews == [view, SavedView(name: "old one", filter: "owners:0")])
  }

  @Test func `a view of the same name is replaced, and comments in it stay`() throws {
    let first = try Configuration.text(text, saving: view)
    let commented =
      first.replacing("sort = \"-members\"", with: "# The largest last.\nsort = \"-members\"") + "\n[keys]\n"
    let new = try Configuration.text(commented, saving: SavedView(name: view.name, list: .users, filter: "x"))
    #expect(new.contains("# The largest last.\n"))
    #expect(!new.contains("sort = \"-members\""))
    #expect(new.hasSuffix("\n[keys]\n"))
    #expect(Configuration.read(new).configuration.preferences.views.map(\.list) == [.users])
  }

  @Test func `a file with nothing in it gets its first view`() throws {
    let new = try Configuration.text("", saving: SavedView(name: "all", filter: ""))
    #expect(new == "[views.all]\nfilter = \"\"\n")
  }

  @Test func `what a view can't have is named with its place`() {
    let (_, problems) = Configuration.read("[views.a]\nfilter = 1\nlist = \"teams\"\ncolor = \"red\"\n")
    #expect(
      problems.map { "\($0)" }.joined(separator: "\n").contains("list is organizations, users or history"))
    #expect(problems.count == 3)
  }
}
