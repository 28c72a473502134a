import Foundation

/// Bytes as a shell takes them in one word.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }
}
