import Spec

/// The last stage: turns what was decided into steps, and into what people read.
enum PlanBuilder {
    /// The plan that the decisions lead to.
    ///
    /// Who makes something comes before who takes away what nothing needs then; rosters frame all of it.
    static func plan(_ decisions: Decisions) -> Plan {
        var graph = PlanGraph(decisions)
        DeletionEmitter.emit(decisions, into: &graph)
        MaintenanceEmitter.emit(decisions, into: &graph)
        PoolEmitter.emit(decisions, into: &graph)
        ImageEmitter.emit(decisions, into: &graph)
        NetworkEmitter.emit(decisions, into: &graph)
        InstanceEmitter.emit(decisions, into: &graph)
        MigrationEmitter.emit(decisions, into: &graph)
        RoleEmitter.emit(decisions, into: &graph)
        DrainEmitter.emit(decisions, into: &graph)
        FirewallEmitter.emit(decisions, into: &graph)
        NetworkRemovalEmitter.emit(decisions, into: &graph)
        KeptDiskEmitter.emit(decisions, into: &graph)
        ImageRemovalEmitter.emit(decisions, into: &graph)
        PoolRemovalEmitter.emit(decisions, into: &graph)
        RosterEmitter.emit(decisions, into: &graph)
        NoticeEmitter.emit(decisions, into: &graph)
        graph.giveTurns(decisions.order)
        DepartureEmitter.emit(decisions, into: &graph)
        return graph.plan(decisions, decisions.explanation(graph.findings))
    }
}
