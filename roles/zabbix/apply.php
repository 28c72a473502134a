#!/usr/bin/php
<?php
// Fills the database, sets the password of the web pages, and has the server ask the machines that the inputs name.
// It can be run again after an interruption at any point.

/** The group, and the tag, of the hosts that this makes. It changes and deletes no others. */
const GROUP = 'kvmctl';
const TEMPLATE = 'Linux by Zabbix agent';
const AGENT_PORT = 10050;

function fail(string $words): never {
    fwrite(STDERR, $words."\n");
    exit(1);
}

set_error_handler(
    fn(int $kind, string $words) => error_reporting() & $kind ? throw new ErrorException($words) : false);
set_exception_handler(fn(Throwable $error) => fail($error->getMessage()));

$inputs = json_decode(stream_get_contents(STDIN), true, flags: JSON_THROW_ON_ERROR);

/** What the database has: empty, ready, partial or foreign. It may still be starting. */
function schema(): string {
    for ($round = 0; ; $round++) {
        exec('/usr/local/lib/kvmctl-zabbix/schema 2>&1', $lines, $code);
        if ($code === 0) { return end($lines); }
        if ($round === 30) { fail('the database does not answer: '.end($lines)); }
        sleep(4);
    }
}

function connect(array $inputs): mysqli {
    mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
    $database = new mysqli($inputs['database'], $inputs['databaseUser'], $inputs['databasePassword'],
        $inputs['databaseName'], (int) $inputs['databasePort']);
    $database->set_charset('utf8mb4');
    return $database;
}

/**
 * The text of a file of SQL, in pieces. Rows of one table that follow each other are one statement: each by itself would
 * be a question to the database, of which there are 130,000.
 */
function statements(string $file): Generator {
    $source = gzopen($file, 'r');
    [$open, $size] = [null, 0];
    while (($line = gzgets($source)) !== false) {
        // What follows is part of the same transaction.
        if (trim($line) === 'COMMIT;') { continue; }
        $isWhole = preg_match('/^(INSERT INTO `\w+` \([`\w,]+\) values )(\(.*\));\n$/', $line, $parts)
            && substr_count(preg_replace('/\\\\./', '', $line), "'") % 2 === 0;
        if ($isWhole && $parts[1] === $open && $size < 200_000) {
            yield ",\n".$parts[2];
            $size += strlen($line);
            continue;
        }
        if ($open !== null) { yield ";\n"; }
        [$open, $size] = $isWhole ? [$parts[1], strlen($line)] : [null, 0];
        yield $isWhole ? $parts[1].$parts[2] : $line;
    }
    if ($open !== null) { yield ";\n"; }
}

/** Gives MariaDB's own client the files of the distribution, and $more after them. */
function run(array $inputs, array $files, string $more = ''): void {
    $command = ['mariadb', '--no-defaults', '--default-character-set=utf8mb4', '-h', $inputs['database'], '-P',
        (string) $inputs['databasePort'], '-u', $inputs['databaseUser'], $inputs['databaseName']];
    $environment = ['MYSQL_PWD' => $inputs['databasePassword'], 'PATH' => getenv('PATH')];
    $client = proc_open($command, [['pipe', 'r'], STDERR, STDERR], $pipes, null, $environment);
    // All or nothing, where the statements can be taken back. The distribution's rows fit each other.
    fwrite($pipes[0], "SET autocommit = 0, unique_checks = 0, foreign_key_checks = 0;\n");
    foreach ($files as $file) {
        foreach (statements("/usr/share/zabbix-server-mysql/$file.sql.gz") as $piece) {
            if (@fwrite($pipes[0], $piece) === false) { break 2; }
        }
    }
    @fwrite($pipes[0], "\n$more\nCOMMIT;\n");
    fclose($pipes[0]);
    if (proc_close($client) !== 0) { fail('the database could not be filled'); }
}

function fill(array $inputs): void {
    $state = schema();
    if ($state === 'foreign') {
        fail("the database {$inputs['databaseName']} has tables that are not Zabbix': give it one of its own");
    }
    if ($state === 'ready') { return; }
    $database = connect($inputs);
    // Only what an earlier run of this has begun, and no other, is taken away.
    if ($state === 'partial') {
        $database->query('SET FOREIGN_KEY_CHECKS = 0');
        foreach ($database->query('SHOW TABLES')->fetch_all() as [$table]) {
            if ($table !== 'kvmctl_filling') { $database->query("DROP TABLE `$table`"); }
        }
    }
    $database->query('CREATE TABLE IF NOT EXISTS kvmctl_filling (x INT)');
    $name = str_replace('`', '``', $inputs['databaseName']);
    $database->query("ALTER DATABASE `$name` CHARACTER SET utf8mb4 COLLATE utf8mb4_bin");
    run($inputs, ['schema']);
    run($inputs, ['images']);
    // The password that everybody knows is never seen.
    run($inputs, ['data'], "UPDATE users SET passwd = '".hashed($inputs['password'])."' WHERE username = 'Admin';");
    $database->query('DROP TABLE kvmctl_filling');
}

function hashed(string $password): string {
    return password_hash($password, PASSWORD_BCRYPT, ['cost' => 10]);
}

/** The web pages, as programs use them. */
final class Pages {
    private ?string $session = null;

    public function __construct(private string $url) {}

    public function ask(string $method, array $parameters): mixed {
        $request = ['jsonrpc' => '2.0', 'method' => $method, 'params' => $parameters, 'id' => 1];
        if ($this->session !== null) { $request['auth'] = $this->session; }
        $options = ['http' => ['method' => 'POST', 'header' => 'Content-Type: application/json-rpc',
            'content' => json_encode($request), 'timeout' => 120]];
        $said = file_get_contents($this->url, false, stream_context_create($options));
        $answer = json_decode($said, true);
        if (!is_array($answer)) { throw new Exception('the web pages do not answer: '.substr($said, 0, 200)); }
        if (isset($answer['error'])) {
            throw new Exception("$method: {$answer['error']['message']} {$answer['error']['data']}");
        }
        return $answer['result'];
    }

    /** Whether the password is right. It waits until the web pages and the database are there and of one version. */
    public function enter(string $password): bool {
        for ($end = time() + 900; ; sleep(3)) {
            try {
                $this->session = $this->ask('user.login', ['username' => 'Admin', 'password' => $password]);
                return true;
            } catch (Exception $error) {
                if (str_contains($error->getMessage(), 'Incorrect user name or password')) { return false; }
                if (time() > $end) { throw $error; }
            }
        }
    }
}

/** Opens the web pages, hands them to $use, and gives Admin the older password again where that fails. */
function withPages(array $inputs, callable $use): void {
    $pages = new Pages('http://'.($inputs['listen'] ?? '127.0.0.1').":{$inputs['port']}/api_jsonrpc.php");
    if ($pages->enter($inputs['password'])) {
        $use($pages);
        return;
    }
    $database = connect($inputs);
    $old = $database->query("SELECT passwd FROM users WHERE username = 'Admin'")->fetch_row()[0];
    $update = $database->prepare(
        "UPDATE users SET passwd = ?, attempt_failed = 0, attempt_clock = 0 WHERE username = 'Admin'");
    $update->execute([hashed($inputs['password'])]);
    try {
        if (!$pages->enter($inputs['password'])) {
            throw new Exception('the web pages do not let Admin in with the password');
        }
        $use($pages);
    } catch (Throwable $error) {
        $update->execute([$old]);
        throw $error;
    }
}

/** The machines that are asked: name to address and port. */
function wanted(array $inputs): array {
    $machines = [];
    foreach ($inputs['agents'] ?? [] as $member) {
        $machines[$member['name']] = [$member['address'], (string) ($member['port'] ?? AGENT_PORT)];
    }
    foreach ($inputs['machines'] ?? [] as $name => $address) {
        $machines[$name] = [$address, (string) AGENT_PORT];
    }
    return $machines;
}

function tell(Pages $pages, array $machines): void {
    $groups = $pages->ask('hostgroup.get', ['filter' => ['name' => [GROUP]], 'output' => ['groupid']]);
    $group = $groups[0]['groupid'] ?? $pages->ask('hostgroup.create', ['name' => GROUP])['groupids'][0];
    $templates = $pages->ask('template.get', ['filter' => ['host' => [TEMPLATE]], 'output' => ['templateid']]);
    if (!$templates) {
        throw new Exception('Zabbix has no template '.TEMPLATE.': import it again, or begin with an empty database');
    }
    $known = $pages->ask('host.get', ['tags' => [['tag' => GROUP, 'value' => getenv('KVMCTL_ROLE'), 'operator' => 1]],
        'output' => ['hostid', 'host'], 'selectInterfaces' => ['interfaceid', 'ip', 'port', 'type', 'main']]);
    foreach ($known as $host) {
        if (!isset($machines[$host['host']])) {
            $pages->ask('host.delete', [$host['hostid']]);
            continue;
        }
        [$address, $port] = $machines[$host['host']];
        unset($machines[$host['host']]);
        $pages->ask('host.update', ['hostid' => $host['hostid'], 'status' => 0]);
        foreach ($host['interfaces'] as $interface) {
            if ([$interface['type'], $interface['main']] !== ['1', '1']) { continue; }
            if ([$interface['ip'], $interface['port']] === [$address, $port]) { continue; }
            $pages->ask('hostinterface.update',
                ['interfaceid' => $interface['interfaceid'], 'useip' => 1, 'ip' => $address, 'port' => $port]);
        }
    }
    $names = array_map(strval(...), array_keys($machines));
    $others = $names ? $pages->ask('host.get', ['filter' => ['host' => $names], 'output' => ['host']]) : [];
    foreach ($others as $host) { unset($machines[$host['host']]); }
    foreach ($machines as $name => [$address, $port]) {
        $pages->ask('host.create', ['host' => (string) $name, 'groups' => [['groupid' => $group]],
            'tags' => [['tag' => GROUP, 'value' => getenv('KVMCTL_ROLE')]],
            'templates' => [['templateid' => $templates[0]['templateid']]],
            'interfaces' => [
                ['type' => 1, 'main' => 1, 'useip' => 1, 'ip' => $address, 'dns' => '', 'port' => $port],
            ]]);
    }
}

fill($inputs);
withPages($inputs, fn(Pages $pages) => tell($pages, wanted($inputs)));
