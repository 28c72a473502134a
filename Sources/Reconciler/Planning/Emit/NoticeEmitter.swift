import Spec

/// Tells of what is worth knowing and needs no step.
struct NoticeEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph

    mutating func emit() {
        noticeLookalikes()
        noticeAdditions()
        noticeOverlays()
        noticeStaleRoots()
    }
}
