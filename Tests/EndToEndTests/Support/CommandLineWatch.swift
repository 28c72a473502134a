import Foundation
import Synchronization

/// Looks at the command line of every process of this machine again and again; the nodes' processes are among them.
final class CommandLineWatch: Sendable {
    private let seen = Mutex<Set<Data>>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    /// Begins to look, every 30 ms.
    func start() {
        let looking = Task { [self] in
            while !Task.isCancelled {
                look()
                try? await Task.sleep(for: .milliseconds(30))
            }
        }
        task.withLock { $0 = looking }
    }

    /// Ends, and returns all the command lines that were seen, their words separated by spaces.
    func stop() async -> [Data] {
        let looking = task.withLock { $0 }
        looking?.cancel()
        await looking?.value
        return seen.withLock { Array($0) }
    }

    private func look() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let lines = names.filter { $0.allSatisfy(\.isNumber) }.compactMap { name in
            FileManager.default.contents(atPath: "/proc/\(name)/cmdline")
        }
        seen.withLock { seen in
            for line in lines where !line.isEmpty { seen.insert(Data(line.map { $0 == 0 ? 0x20 : $0 })) }
        }
    }
}
