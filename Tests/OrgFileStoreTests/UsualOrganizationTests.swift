import OrgCore
import Testing

@testable import OrgFileStore

/// Records in the form of the service, which are read without a look at each character.
@Suite struct UsualOrganizationTests {
  private func isUsual(_ entry: String) -> Bool {
    let bytes = Array(entry.utf8)
    guard let start = bytes.firstIndex(of: .openBrace) else { return false }
    return bytes.withUnsafeBytes { UsualOrganization($0, at: start) } != nil
  }

  @Test func `a record in the form of the service is usual, and one that differs in a space isn't`() {
    let entry = Fixture.organization()
    #expect(isUsual(entry))
    for key in OrganizationKey.all {
      #expect(!isUsual(entry.replacing("\"\(key.name)\": ", with: "\"\(key.name)\":  ")))
    }
  }

  @Test(arguments: OrganizationKey.all)
  func `a record without an optional key is usual, and any other that lacks one isn't`(
    key: OrganizationKey
  ) throws {
    let lines = Fixture.organization().split(separator: "\n").filter { !$0.contains("\"\(key.name)\"") }
    let entry = lines.joined(separator: "\n").replacing(",\n  }", with: "\n  }")
    guard case .field(let field) = key, field.isOptional else { return #expect(!isUsual(entry)) }
    #expect(isUsual(entry))
    let contents = FileContents(Fixture.file(entry), Fixture.file("  \"org_1\": []"))
    #expect(contents.problems.isEmpty && contents.recordProblems.isEmpty)
    #expect(contents.defaultedFields(at: 0).isEmpty)
    let set = ChangeSet([.setField(field, organization: "org_1", from: nil, to: "x")])
    let preview = Preview(of: set, on: Snapshot(generation: 0, contents: contents))
    let next = try contents.applying(preview.edit).contents
    #expect(next.problems.isEmpty && next.organization(at: 0)[field] == "x")
    let search = SearchIndex(Snapshot(generation: 0, contents: next))
    #expect(search.order == [0])
    #expect(search.matches(try Query("!no:\(field.descriptor.word) x"), at: 0))
  }
}
