import Processes
import Subprocess

/// A program of this machine that makes a part of a seed.
enum Tool {
    /// Runs it to its end and gives its output; it inherits the environment and gets no terminal.
    ///
    /// What it was given on standard input is in no error.
    static func run(
        _ name: String, _ arguments: [String], input: String = "", doing what: String, package: String
    ) async throws(SeedError) -> [UInt8] {
        do {
            let result = try await LocalProgram.run(
                name, arguments, input: Array(input.utf8), outputLimit: 1 << 24, errorLimit: 1 << 16)
            guard result.succeeded else {
                throw SeedError(
                    what, cause: "\(name) failed: \(lastLine(String(decoding: result.standardError, as: UTF8.self)))")
            }
            return result.standardOutput
        } catch let error as SeedError {
            throw error
        } catch is CancellationError {
            throw SeedError(
                what, cause: "it was interrupted", remedy: "Run the command again: it continues from here.")
        } catch let error as SubprocessError where error.code == .executableNotFound {
            throw SeedError(
                what, cause: "this machine has no \(name)", remedy: "Install it: apt-get install \(package)")
        } catch {
            throw SeedError(what, cause: "\(name) could not be run: \(error)")
        }
    }

    private static func lastLine(_ text: String) -> String {
        text.split(separator: "\n").last.map { String($0) } ?? "no message"
    }
}
