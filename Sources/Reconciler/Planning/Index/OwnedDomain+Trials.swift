import Spec

extension OwnedDomain {
    /// What the mark says of attempts once an earlier one has been settled.
    var settledMark: DomainMark {
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
