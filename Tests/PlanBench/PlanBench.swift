import Foundation
import Reconciler
import Spec

/// Prints how much processor time pure planning takes for fleets of growing size, and how much memory it needs.
///
/// Planning is one thread that waits for nothing: on a machine with a free core this is what the clock shows too.
@main
struct PlanBench {
    static func main() {
        let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
        print(
            "instances  nodes  create  checked   steps  nothing to do  checked  flavor  checked   moves  checked  "
                + "balance  checked  destroy  checked  peak memory")
        for instances in sizes.isEmpty ? [1_000, 2_500, 5_000, 10_000] : sizes {
            measure(instances)
        }
        print("\nBalancers in front of groups of servers:")
        print(
            "instances  stacks  create  checked  nothing to do  checked  changed  checked   steps  rebooted  checked   steps  "
                + "shrunk  checked   steps")
        for instances in sizes.isEmpty ? [1_000, 5_000, 10_000] : sizes {
            for size in [10, 100, instances] { measure(instances, inStacksOf: size) }
        }
    }

    private static func measure(_ instances: Int, inStacksOf size: Int) {
        let nodes = max(1, instances / 10)
        var sized = SizedFleet(nodes: nodes, instances: instances).balanced(by: size)
        var line = [pad(String(instances), 9), pad(String(instances / size), 7)]
        sized.carryOut(plan(sized, .apply(deleteData: false), &line))
        let nothing = plan(sized, .apply(deleteData: false), &line)
        if !nothing.isEmpty { line.append("(a plan that should be empty has \(nothing.steps.count) steps)") }
        for changed in [sized.withOtherServers, sized.withOtherFlavor, sized.shrunk(by: size)] {
            line.append(pad(String(plan(changed, .apply(deleteData: false), &line).steps.count), 7))
        }
        print(line.joined(separator: " "))
    }

    private static func measure(_ instances: Int) {
        var sized = SizedFleet(nodes: max(1, instances / 10), instances: instances)
        var line = [pad(String(instances), 9), pad(String(max(1, instances / 10)), 6)]
        let create = plan(sized, .apply(deleteData: false), &line)
        line.append(pad(String(create.steps.count), 7))
        sized.carryOut(create)
        let nothing = plan(sized, .apply(deleteData: false), &line)
        if !nothing.isEmpty { line.append("(a plan that should be empty has \(nothing.steps.count) steps)") }
        _ = plan(sized.withOtherFlavor, .apply(deleteData: false), &line)
        _ = plan(sized.inMaintenance, .apply(deleteData: false), &line)
        _ = plan(sized, .apply(deleteData: false), &line, PlanningOptions(balance: 0.05))
        _ = plan(sized, .destroy(deleteData: false), &line)
        line.append(pad("\(peakMebibytes) MiB", 12))
        print(line.joined(separator: " "))
    }

    private static func plan(
        _ sized: SizedFleet, _ intent: Intent, _ line: inout [String], _ options: PlanningOptions = PlanningOptions()
    ) -> Plan {
        var plan = Plan(cluster: ClusterIdentity(sized.cluster))
        let fleet = sized.fleet
        let planning = measure {
            plan = Planner.plan(sized.cluster, inputs: sized.inputs, fleet: fleet, intent: intent, options: options)
        }
        var violations: [Violation] = []
        let checking = measure {
            violations = PlanChecker.violations(in: plan, of: sized.cluster, fleet: fleet, intent: intent)
        }
        line += [text(planning), text(checking)]
        if let first = violations.first { line.append("(\(violations.count) violations: \(first))") }
        return plan
    }

    /// The processor time that this process spends on the work.
    private static func measure(_ work: () -> Void) -> Duration {
        let start = processorTime
        work()
        return processorTime - start
    }

    private static var processorTime: Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    private static func text(_ duration: Duration) -> String {
        pad("\(Int(duration / .milliseconds(1))) ms", 8)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.utf8.count)) + text
    }

    /// What the process has had in memory at most, which only grows from line to line.
    private static var peakMebibytes: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
        return (line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) / 1_024
    }
}
