import Reconciler

extension MigrationState {
    /// How far a migration is: `200MiB sent, 56MiB to go, 40MiB a second, guest slowed by 30 %`.
    var words: String {
        var parts = ["\(Printable.size(transferred)) sent, \(Printable.size(remaining)) to go"]
        if let rate { parts.append("\(Printable.size(rate)) a second") }
        if isPostCopy {
            parts.append("runs at its destination already")
        } else {
            if let expectedDowntime { parts.append("\(expectedDowntime) ms downtime if switched over now") }
            if slowdown > 0 { parts.append("auto-converge at \(slowdown) %") }
        }
        return parts.joined(separator: ", ")
    }
}

extension MigrationOutcome {
    /// What a migration took: `327MiB sent, 208 ms downtime, auto-converge at 30 %`.
    var words: String {
        var parts = ["\(Printable.size(transferred)) sent"]
        if let downtime { parts.append("\(downtime) ms downtime") }
        if usedPostCopy {
            parts.append("post-copy, after auto-converge at \(slowdown) %")
        } else if slowdown > 0 {
            let pause = allowedPause.map { ", with a downtime of up to \($0) ms allowed" } ?? ""
            parts.append("auto-converge at \(slowdown) %\(pause)")
        }
        return parts.joined(separator: ", ")
    }
}
