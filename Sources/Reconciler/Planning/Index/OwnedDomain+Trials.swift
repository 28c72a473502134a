import Spec

extension OwnedDomain {
    /// What the mark says of attempts once an earlier one has been settled.
    var settledMark: DomainMark {
        var mark = mark
        guard domain.hasSettlingToDo else { return mark }
        if mark.attempt?.stage == .takenBack {
            mark.attempt?.oldFiles = [:]
            mark.attempt?.newFiles = [:]
        } else {
            mark.attempt = nil
        }
        return mark
    }
}
