import OrgCore
import Testing

@testable import orgman

/// Which organization a command's argument names, where ids have another form than in files.
@Suite struct TargetsTests {
  private static let ids = ["0b5e94d2-5ff6-4d0c-a8ae-7d1f1d1f9c3e", "0b5e94d2-9dad-11d1-80b4-00c04fd430c8"]

  private func reader(_ form: Rules.IDForm, _ names: [(id: String, name: String)]) -> any StoreReader {
    MemoryReader(
      organizations: names.map {
        Organization(id: $0.id, name: $0.name, createdAt: Timestamp(microseconds: 0))
      },
      rules: Rules(idForm: form))
  }

  private func found(_ name: String, in reader: any StoreReader) -> String? {
    try? reader.organization(named: name).name
  }

  @Test func `a UUID, the unique start of one, or a name names an organization`() {
    let reader = reader(.uuid, [(Self.ids[0], "Acme"), (Self.ids[1], "beef")])
    #expect(found(Self.ids[1], in: reader) == "beef")
    #expect(found("0b5e94d2-5", in: reader) == "Acme")
    #expect(found("0b5e94d2", in: reader) == nil)
    #expect(found("0b5", in: reader) == nil)
    #expect(found("Acme", in: reader) == "Acme")
    #expect(found("beef", in: reader) == "beef")
  }

  @Test func `a name is meant before the start of an id`() {
    let reader = reader(.text(length: 36), [("acme-1", "Globex"), ("7", "acme")])
    #expect(found("acme", in: reader) == "acme")
    #expect(found("acme-", in: reader) == "Globex")
    #expect(found("acm", in: reader) == nil)
    #expect(found("7", in: reader) == "acme")
  }
}
