import Foundation
import SSH

@testable import Fleet

/// Scripts that are killed on their way, and guests that are put back to where they were.
extension PackagedGuest {
    func save(_ name: String) async throws {
        try await run(Script("rm -rf \"$1.$2\"; cp -a \"$1\" \"$1.$2\"", [folder, name]))
    }

    func load(_ name: String) async throws {
        try await run(Script("rm -rf \"$1\"; cp -a \"$1.$2\" \"$1\"", [folder, name]))
    }

    /// Removes what was saved.
    func forget(_ names: [String]) {
        for name in names { try? FileManager.default.removeItem(atPath: "\(folder).\(name)") }
    }

    /// Runs a script that dies with all that it started after so many of the programs that change something; whether it did.
    func isKilled(_ script: Script, input: [UInt8] = [], after count: Int) async throws -> Bool {
        try write("said/steps", "0")
        let text = """
            step() {
                read -r steps <'\(path("said/steps"))'
                echo $((steps + 1)) >'\(path("said/steps"))'
                [ "$steps" != \(count) ] || kill -9 0
            }
            for each in mv rm cp mkdir ln chmod sync cut sha256sum systemctl ufw; do
                eval "$each() { command $each \\"\\$@\\"; died=\\$?; step; return \\$died; }"
            done

            """
        return try await run(script, input: input, after: text, before: ["setsid", "-w"]).status != 0
    }
}
