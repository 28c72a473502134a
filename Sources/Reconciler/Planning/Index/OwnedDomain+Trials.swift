import Spec

extension OwnedDomain {
    /// What the mark says of trials once an earlier one has been cleared.
    var clearedMark: DomainMark {
        var mark = mark
        guard domain.hasTrialToClear else { return mark }
        if mark.trial?.stage == .rolledBack {
            mark.trial?.oldFiles = [:]
            mark.trial?.newFiles = [:]
        } else {
            mark.trial = nil
        }
        return mark
    }
}
