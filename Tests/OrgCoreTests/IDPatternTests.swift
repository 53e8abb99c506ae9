import OrgCore
import Testing

@Suite struct IDPatternTests {
  private func refusal(_ body: () throws(OrgError) -> Void) -> OrgError? {
    do throws(OrgError) { try body() } catch { return error }
    return nil
  }

  @Test(arguments: [
    ("cus_NffrFeUfNV2Hib", true), (" cus_1 ", true), ("", true), ("cus_", false), ("sub_1", false),
    ("cus_1 2", false),
    ("cus_1\u{200B}", false), ("xcus_1", false),
  ])
  func `a Stripe id looks like one`(id: String, isRight: Bool) {
    #expect(
      (refusal { () throws(OrgError) in try IDPatterns.standard.check(id, for: .stripeCustomerID) } == nil)
        == isRight)
  }

  @Test func `what is wrong is said with what is expected, and other fields aren't ids`() {
    let standard = IDPatterns.standard
    let pattern = refusal { () throws(OrgError) in try standard.check("sub_1", for: .stripeCustomerID) }
    #expect(
      pattern?.message
        == "A Stripe id looks like cus_[A-Za-z0-9_]+, and \"sub_1\" doesn't; the configuration sets that under [ids]."
    )
    let blank = refusal { () throws(OrgError) in try standard.check("a b", for: .lagoCustomerID) }
    #expect(blank?.message == "A Lago id can't contain blanks or control characters, as \"a b\" does.")
    #expect(refusal { () throws(OrgError) in try standard.check("a b", for: .planTier) } == nil)
    let user = refusal { () throws(OrgError) in try standard.checkUserID("ann\tsmith") }
    #expect(
      user?.message == #"A user's id can't contain blanks or control characters, as "ann\tsmith" does."#)
    #expect(user?.code == .invalidIdentifier)
    let own = IDPatterns(user: "[a-z]+[.][a-z]+")
    #expect(refusal { () throws(OrgError) in try own.checkUserID("ann.smith") } == nil)
    #expect(refusal { () throws(OrgError) in try own.checkUserID("ann") } != nil)
    #expect(IDPatterns.isPattern("[a-z]+") && !IDPatterns.isPattern("[a-z"))
  }
}
