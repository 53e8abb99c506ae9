import Testing

@testable import OrgPostgresStore

/// Services that a file describes.
struct ServiceFileTests {
  @Test func `the first entry under the heading counts, as for libpq`() {
    let text = """
      # [billing]
      host=nowhere
      [other]
      passfile=/other
        [billing]
      host=db.example.com
      \tpassfile=/a file \t
      passfile=/second

      [billing]
      port=1
      """
    #expect(
      ServiceFile.entries(of: "billing", in: text) == ["host": "db.example.com", "passfile": "/a file"])
    #expect(ServiceFile.entries(of: "nothing", in: text) == nil)
  }
}
