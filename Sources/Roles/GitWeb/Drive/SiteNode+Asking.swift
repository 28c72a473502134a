import Fleet
import Reconciler
import Spec

extension SiteNode {
    /// A website whose server runs, and where it is among what was seen.
    fileprivate struct Question {
        var domain: Int
        var role: Name
        var site: GitWebRole
        var uuid: UniqueID
        var port: Int
        var page: PageQuestion
        var isInside: Bool
        /// By which the guest may be entered, where it has no agent.
        var addresses: [IPv4Address]
    }

    /// The node as seen, with what each website of the spec answered just now, asked from the node as its role says; nil where
    /// there is none.
    ///
    /// Websites are asked side by side; one that does not answer within 5 s is not healthy.
    func askingSites(_ seen: ObservedNode, of spec: Cluster) async -> ObservedNode? {
        let questions = questions(about: seen, of: spec)
        guard !questions.isEmpty else { return nil }
        let outside = questions.filter { !$0.isInside }
        async let fromHere = answers(outside)
        let inside = await withTaskGroup(of: (Question, SiteHealth).self) { group in
            for question in questions where question.isInside {
                group.addTask { (question, await self.answerInside(question)) }
            }
            var answers: [(Question, SiteHealth)] = []
            for await answer in group { answers.append(answer) }
            return answers
        }
        var seen = seen
        for (question, health) in inside + (await fromHere) {
            guard case .known(var sites)? = seen.domains[question.domain].sites else { continue }
            sites[question.role]?.health = health
            seen.domains[question.domain].sites = .known(sites)
        }
        return seen
    }

    private func questions(about seen: ObservedNode, of spec: Cluster) -> [Question] {
        seen.domains.enumerated().flatMap { index, domain -> [Question] in
            guard let mark = domain.mark, mark.cluster == context.cluster, case .known(let sites)? = domain.sites,
                let instance = spec.instances[mark.instance]
            else { return [] }
            let reach = spec.reach(of: instance, domain, mark)
            return sites.sorted { $0.key < $1.key }.compactMap { role, served in
                guard served.isServing, let site = instance.roles[role]?.value(of: GitWeb.self) else { return nil }
                let scheme = served.certificate.isEmpty ? "http" : "https"
                let host = reach.address?.description ?? "127.0.0.1"
                return Question(
                    domain: index, role: role, site: site, uuid: domain.uuid, port: served.port,
                    page: PageQuestion(
                        server: "\(scheme)://\(host):\(served.port)", path: site.health.path, proof: served.proof),
                    isInside: reach.isAskedInside, addresses: domain.likelyAddresses)
            }
        }
    }

    private func answers(_ questions: [Question]) async -> [(Question, SiteHealth)] {
        guard !questions.isEmpty else { return [] }
        do {
            let answers = try await context.ask(questions.map(\.page))
            return questions.enumerated().map { ($1, $1.health(answers[$0])) }
        } catch {
            let words = (error as? StepProblem)?.reason ?? "\(error)"
            return questions.map { ($0, .bad("its health check could not run: \(PlainText.line(words))")) }
        }
    }

    private func answerInside(_ question: Question) async -> SiteHealth {
        do {
            let channel = try await context.channel(into: question.uuid, at: question.addresses)
            return question.health(try await channel.ask(question.page))
        } catch {
            let words = (error as? StepProblem)?.reason ?? "\(error)"
            return .bad("its health check could not run inside the guest: \(PlainText.line(words))")
        }
    }
}

extension SiteNode.Question {
    /// What an answer, or none, says of the website.
    fileprivate func health(_ answer: HealthAnswer?) -> SiteHealth {
        HealthAnswer.complaint(
            answer, path: site.health.path, port: port, wanted: site.health.status, proof: page.proof
        ).map { .bad($0) } ?? .good
    }
}
