import Reconciler

/// Whoever wants to know what happens in a run.
package protocol RunObserver: Sendable {
    /// Takes an event in.
    ///
    /// May be called from any thread; steps wait for it.
    func note(_ event: RunEvent)

    /// Goes on beside the steps until its task is cancelled, such as to show that the run is alive.
    func accompany() async
}

extension Executor {
    /// Carries a plan out, and tells an observer what happens.
    static func run(
        _ plan: Plan, on session: any FleetSession, limits: Limits, for observer: any RunObserver
    ) async -> ExecutionReport {
        observer.note(.began)
        let executor = Executor(drivers: await session.drivers, limits: limits)
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { await observer.accompany() }
            let report = await withTaskCancellationHandler {
                await executor.run(plan) { observer.note(.step($0)) }
            } onCancel: {
                observer.note(.stopping)
            }
            group.cancelAll()
            return report
        }
    }
}
