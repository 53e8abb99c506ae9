import OrgCore

/// Throws where a value isn't what is expected of the subject.
func expect<Value: Equatable>(_ subject: String, _ found: Value, is expected: Value) throws {
  guard found != expected else { return }
  throw BehaviorFailure(subject, expected: shown(expected), found: shown(found))
}

/// Throws where something that is expected isn't so.
func expect(_ expected: String, _ isSo: Bool) throws {
  guard !isSo else { return }
  throw BehaviorFailure("the store", expected: expected, found: "that it isn't so")
}

/// The value; throws where there is none.
func need<Value>(_ subject: String, _ value: Value?) throws -> Value {
  guard let value else { throw BehaviorFailure(subject, expected: "one", found: "none") }
  return value
}

/// The error that a body throws; throws where it throws none, or one with another code.
@discardableResult
func expectError<Value>(
  _ code: OrgError.Code, _ subject: String, _ body: () throws -> Value
) throws -> OrgError {
  let found: String
  do {
    found = "\(try body())"
  } catch let error as OrgError {
    guard error.code != code else { return error }
    found = "\(error.code.rawValue): \(error.message)"
  }
  throw BehaviorFailure(subject, expected: code.rawValue, found: found)
}

/// As Swift writes it, cut off where it is long.
private func shown(_ value: some Any) -> String {
  let text = "\([value])".dropFirst().dropLast()
  return text.count <= 1000 ? String(text) : "\(text.prefix(1000))…"
}
