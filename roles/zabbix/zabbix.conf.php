<?php
// Made by kvmctl: changes are undone by the next apply.
// The server's file has all that is needed, and only Zabbix can read it.
$said = [];
foreach (file('/etc/zabbix/kvmctl-server.conf', FILE_IGNORE_NEW_LINES) as $line) {
    if (preg_match('/^(DB\w+)=(.*)$/', $line, $parts)) { $said[$parts[1]] = $parts[2]; }
}
$DB['TYPE'] = 'MYSQL';
$DB['SERVER'] = $said['DBHost'];
$DB['PORT'] = $said['DBPort'];
$DB['DATABASE'] = $said['DBName'];
$DB['USER'] = $said['DBUser'];
$DB['PASSWORD'] = $said['DBPassword'];
$DB['SCHEMA'] = '';
$DB['ENCRYPTION'] = false;
$DB['KEY_FILE'] = '';
$DB['CERT_FILE'] = '';
$DB['CA_FILE'] = '';
$DB['VERIFY_HOST'] = false;
$DB['CIPHER_LIST'] = '';
$DB['VAULT_URL'] = '';
$DB['VAULT_DB_PATH'] = '';
$DB['VAULT_TOKEN'] = '';
$DB['DOUBLE_IEEE754'] = true;
$ZBX_SERVER = '127.0.0.1';
$ZBX_SERVER_PORT = '10051';
$ZBX_SERVER_NAME = '';
$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
