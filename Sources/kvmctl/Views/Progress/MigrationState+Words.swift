import Reconciler

extension MigrationState {
    /// How far a migration is: `200MiB sent, 56MiB to go, 40MiB a second, guest slowed by 30 %`.
    var words: String {
        var parts = ["\(Printable.size(transferred)) sent, \(Printable.size(remaining)) to go"]
        if let rate { parts.append("\(Printable.size(rate)) a second") }
        if isPostCopy {
            parts.append("runs at its destination already")
        } else {
            if let expectedDowntime { parts.append("would stand still for \(expectedDowntime) ms now") }
            if slowdown > 0 { parts.append("slowed by \(slowdown) %") }
        }
        return parts.joined(separator: ", ")
    }
}

extension MigrationOutcome {
    /// What a migration took: `327MiB sent, stood still for 208 ms, came to an end by slowing the guest by 30 %`.
    var words: String {
        var parts = ["\(Printable.size(transferred)) sent"]
        if let downtime { parts.append("stood still for \(downtime) ms") }
        if usedPostCopy {
            parts.append("came to an end by post-copy, after slowing the guest by \(slowdown) %")
        } else if slowdown > 0 {
            let pause = allowedPause.map { " and by letting it stand still for up to \($0) ms" } ?? ""
            parts.append("came to an end by slowing the guest by \(slowdown) %\(pause)")
        }
        return parts.joined(separator: ", ")
    }
}
