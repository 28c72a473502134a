import Fleet
import Reconciler
import Spec

/// The files in a guest that say how a website is served.
///
/// The server is nginx as a unit of its own that never is root, not the distribution's. What the repository holds is
/// served as it is, but for names that begin with a dot, and links to what is not the build user's.
struct SiteConfiguration: Sendable, Equatable {
    /// Where everything of the guest's websites is.
    static let folder = "/var/lib/kvmctl-site"

    let role: Name
    let site: GitWebRole

    /// The unit's name without its end.
    var unitName: String { "kvmctl-site-\(role)" }

    private var base: String { "\(Self.folder)/\(role)" }

    /// The folder that is served.
    private var root: String {
        site.folder.isEmpty ? "\(base)/current" : "\(base)/current/\(site.folder)"
    }

    /// nginx's configuration; the script that writes it puts in what depends on the guest.
    ///
    /// `@modules@` stands for what depends on how its nginx was built, `@tls@` for the folder of certificate and key, and
    /// `@proof@` for a digest of all of it: who asks there learns that this configuration is in use, and for which release.
    var nginx: String {
        let secure = site.tls == nil ? "" : " ssl"
        let certificate =
            site.tls == nil
            ? ""
            : """

                    ssl_certificate \(base)/private/@tls@/crt;
                    ssl_certificate_key \(base)/private/@tls@/key;
                    ssl_protocols TLSv1.2 TLSv1.3;
            """
        return """
            daemon off;
            worker_processes 1;
            pid /run/\(unitName)/nginx.pid;
            error_log stderr;
            events { worker_connections 512; }
            http {
                include /etc/nginx/mime.types;
                default_type application/octet-stream;
                server_tokens off;
                access_log off;
                sendfile on;
                charset utf-8;
                client_body_temp_path /run/\(unitName)/body;
                @modules@
                server {
                    listen \(site.port)\(secure) default_server;
                    listen [::]:\(site.port)\(secure) default_server;
                    server_name _;\(certificate)
                    root "\(root)";
                    index index.html;
                    autoindex off;
                    etag on;
                    disable_symlinks if_not_owner from="\(base)";
                    absolute_redirect off;
                    add_header X-Content-Type-Options nosniff always;
                    add_header Referrer-Policy strict-origin-when-cross-origin always;
                    if ($request_method !~ ^(GET|HEAD)$) { return 405; }
                    location = /.kvmctl/@proof@ { alias "\(base)/current/.kvmctl"; default_type text/plain; }
                    location ~ /\\. { return 404; }
                    location / { try_files $uri $uri/ =404; }
                }
            }

            """
    }

    /// The systemd unit: nginx as a user without rights, which sees the files and nothing else of interest.
    var unit: String {
        """
        [Unit]
        Description=Website \(role)
        After=network.target

        [Service]
        User=kvmctl-site
        Group=kvmctl-site
        ExecStart=/usr/sbin/nginx -c \(base)/nginx.conf
        ExecReload=/bin/kill -HUP $MAINPID
        Restart=on-failure
        RuntimeDirectory=\(unitName)
        AmbientCapabilities=CAP_NET_BIND_SERVICE
        CapabilityBoundingSet=CAP_NET_BIND_SERVICE
        NoNewPrivileges=yes
        PrivateDevices=yes
        PrivateTmp=yes
        ProtectHome=yes
        ProtectSystem=strict

        [Install]
        WantedBy=multi-user.target

        """
    }

    /// What the guest remembers of a deployment, beside what its links and folders say.
    func state(_ deployment: SiteDeployment) -> String {
        let lines = [
            "repo \(site.repo)", "ref \(site.ref)", "subject \(PlainText.line(deployment.subject))",
            "path \(site.path)", "port \(site.port)", "build \(site.buildDigest)",
            "certificate \(deployment.certificate)",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// The folder of a commit among the releases; another build of it is another folder.
    func release(of commit: String) -> String {
        site.buildDigest.isEmpty ? commit : "\(commit)-\(site.buildDigest)"
    }
}
