import YAML

extension Rule {
    /// cloud-init says nothing about keys that it does not know: what they ask for is silently missing.
    static let userDataIsKnown = Rule { cluster in
        cluster.instances.values.flatMap { instance -> [Diagnostic] in
            (instance.cloudInit?.mapping?.entries ?? []).compactMap { entry in
                guard !CloudConfigKeys.all.contains(entry.key) else { return nil }
                let near = NearMiss.of(entry.key, in: CloudConfigKeys.all)
                let remedy = CloudConfigKeys.places[entry.key] ?? near.map { "did you mean \"\($0)\"?" }
                return Diagnostic(
                    .warning, at: entry.keyMark,
                    "cloudInit: cloud-init has no key \(Found.quoted(entry.key)) and would ignore it",
                    remedy: remedy, isConfidential: Table.mayNameSecret(entry.key))
            }
        }
    }
}

/// The keys at the top of a `#cloud-config`.
enum CloudConfigKeys {
    /// What belongs elsewhere, with where.
    static let places = [
        "network": network, "network-config": network, "network_config": network, "ethernets": network,
        "meta-data": "kvmctl writes the meta-data itself", "meta_data": "kvmctl writes the meta-data itself",
        "user-data": nested, "user_data": nested, "userData": nested, "cloud-config": nested, "cloud_config": nested,
        "script": "write it below runcmd:", "scripts": "write them below runcmd:",
        "commands": "write them below runcmd:", "files": "write them below write_files:",
    ]

    private static let network =
        "user-data does not set up networks: give addresses in nics: and networks:, or write files below write_files:"
    private static let nested = "write its keys here, or write cloudInit: {file: PATH}"

    /// From cloud-init 26.2's schema-cloud-config-v1.json, `properties`, and the keys of its base configuration that
    /// its documentation allows in user-data (docs.cloud-init.io, Base configuration).
    static let all: Set<String> = [
        "allow_public_ssh_keys", "ansible", "apk_repos", "apt", "apt_pipelining", "apt_reboot_if_required",
        "apt_update", "apt_upgrade", "authkey_hash", "autoinstall", "bootcmd", "byobu_by_default", "ca-certs",
        "ca_certs", "chef", "chpasswd", "cloud_config_modules", "cloud_final_modules", "cloud_init_modules",
        "create_hostname_file", "datasource", "datasource_list", "def_log_file", "device_aliases",
        "disable_ec2_metadata", "disable_root", "disable_root_opts", "disk_setup", "drivers", "fan", "final_message",
        "fqdn", "fs_setup", "groups", "growpart", "grub-dpkg", "grub_dpkg", "hostname", "keyboard", "landscape",
        "launch-index", "locale", "locale_configfile", "log_cfgs", "lxd", "manage_etc_hosts", "manage_resolv_conf",
        "manual_cache_clean", "mcollective", "merge_how", "merge_type", "migrate", "mount_default_fields", "mounts",
        "no_ssh_fingerprints", "ntp", "output", "package_reboot_if_required", "package_update", "package_upgrade",
        "packages", "password", "phone_home", "power_state", "prefer_fqdn_over_hostname", "preserve_hostname",
        "puppet", "random_seed", "reporting", "resize_rootfs", "resolv_conf", "rh_subscription", "rpi", "rsyslog",
        "runcmd", "salt_minion", "snap", "spacewalk", "ssh", "ssh_authorized_keys", "ssh_deletekeys",
        "ssh_fp_console_blacklist", "ssh_genkeytypes", "ssh_import_id", "ssh_key_console_blacklist", "ssh_keys",
        "ssh_publish_hostkeys", "ssh_pwauth", "ssh_quiet_keygen", "swap", "syslog_fix_perms", "system_info",
        "timezone", "ubuntu_advantage", "ubuntu_pro", "updates", "user", "users", "vendor_data", "version",
        "wireguard", "write_files", "yum_repo_dir", "yum_repos", "zypper",
    ]
}
