import Foundation

extension ObservedPackage.Failure {
    /// Why it failed, in one line: the end of what was said.
    var words: String { reason.isEmpty ? "nothing was said" : reason.suffix(2).joined(separator: "; ") }

    /// When it failed, as a part of a sentence; empty where the guest does not say.
    var when: String {
        guard let time, time < 1 << 40 else { return "" }
        return " at \(Date(timeIntervalSince1970: Double(time)).formatted(.iso8601))"
    }
}
