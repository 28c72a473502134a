import Spec

/// The second stage: sorts the instances into those that go, are there, are to be made, and are left alone.
struct Classifier: ClassificationReading {
    let index: FleetIndex
    var classification = Classification()

    static func classify(_ index: FleetIndex) -> Classification {
        var classifier = Classifier(index: index)
        classifier.classification.excluded = index.conflicts
        classifier.planDeletions()
        classifier.sortInstances()
        classifier.checkNetworkEdits()
        classifier.checkImages()
        return classifier.classification
    }

    /// Takes what was refused out of what is there or to be made.
    mutating func removeExcluded() {
        let excluded = classification.excluded
        classification.missing = classification.missing.without(excluded)
        classification.existing = classification.existing.without(excluded)
    }
}
