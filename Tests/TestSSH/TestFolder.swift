import Foundation
import Glibc

/// A folder in /tmp, removed with everything in it when the value goes.
package final class TestFolder: Sendable {
    package let path: String

    package init() throws {
        var template = Array("/tmp/ssh-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw TestFailure("mkdtemp: \(errno)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    package func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Something a test needs did not work.
package struct TestFailure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}
