import Node

extension Starter {
    static let results = "meshspec-results.jsonl"
    static let junit = "meshspec-junit.xml"
    /// The exit status decides; results are kept whatever it is, and what people read is in the log of the job.
    private static let command = "meshspec run -t \(targetName) --report json=\(results),"
    /// With annotations and a summary on the job's page.
    static let gitHubCommand = command + "github"
    /// With the report that GitLab shows at merge requests.
    static let gitLabCommand = command + "junit=\(junit)"
    private var preparation: String {
        """
        # meshspec has to be on the PATH of the machine that runs this, with its folder Spec beside it or in MESHSPEC_SPEC.
        # The node is started by `control: start` of \(Self.targetName), or has to be running by then.
        # Exit status: 0 passed, 1 a conformance failure, 2 usage, 3 an invalid file, 4 cannot reach or start the node,
        # 5 nothing was selected, 6 nothing but inconclusive cases besides passes. All but 0 fail the job.
        """
    }
    /// `.github/workflows/meshspec.yml`.
    var gitHubWorkflow: String {
        """
        \(preparation)
        name: meshspec
        on: [push, pull_request]
        jobs:
          conformance:
            runs-on: ubuntu-latest
            timeout-minutes: 30
            steps:
              - uses: actions/checkout@v4
              - name: Check that meshspec and the target file are in order
                run: meshspec run -t \(Self.targetName) --dry-run
              - name: Run the suite
                run: \(Self.gitHubCommand)
              - name: Keep the results
                if: always()
                uses: actions/upload-artifact@v4
                with:
                  name: meshspec-results
                  path: |
                    \(Self.results)
                    \(EvidenceOption.preset)

        """
    }
    /// `.gitlab-ci.yml`.
    var gitLabPipeline: String {
        """
        \(preparation)
        meshspec:
          stage: test
          timeout: 30 minutes
          script:
            - meshspec run -t \(Self.targetName) --dry-run
            - \(Self.gitLabCommand)
          artifacts:
            when: always
            paths:
              - \(Self.results)
              - \(EvidenceOption.preset)
            reports:
              junit: \(Self.junit)

        """
    }
}
