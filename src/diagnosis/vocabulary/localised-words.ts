/**
 * How Windows says it in other languages than English: of .NET, Python and the rest, all of which pass the system's
 * words on. Lower case.
 */
export const LOCALISED = {
  ENOTFOUND: [
    'host ist unbekannt',
    'remotename konnte nicht aufgel',
    'hôte inconnu',
    "le nom distant n'a pas pu",
    'host desconocido',
    'no se puede resolver el nombre remoto',
    'host sconosciuto',
    'impossibile risolvere il nome remoto',
    'host desconhecido',
    'そのようなホストは不明です',
    '不知道这样的主机',
  ],
  UNTRUSTED: [
    'das remotezertifikat ist ',
    "le certificat distant n'est pas valide",
    'el certificado remoto no es v',
    'il certificato remoto non è valido',
    'リモート証明書',
  ],
  ECONNREFUSED: [
    'zielcomputer die verbindung verweigerte',
    "cible l'a expressément refusée",
    'destino denegó expresamente',
    'rifiuto persistente del computer di destinazione',
    'destino as recusou ativamente',
    'verbinding actief heeft geweigerd',
    '対象のコンピューターによって拒否',
    '目标计算机积极拒绝',
  ],
  ETIMEDOUT: [
    'gegenstelle nach einer bestimmten zeitspanne',
    "parti connecté n'a pas répondu",
    'parte conectada no respondió',
    'parte connessa non ha risposto',
    'componente conectado não respondeu',
    '一定の時間を過ぎても正しく応答しなかった',
    '连接方在一段时间后没有正确答复',
  ],
  ECONNRESET: [
    'vom remotehost geschlossen',
    "fermée par l'hôte distant",
    'interrupción de una conexión existente',
    'リモート ホストに強制的に切断',
    '远程主机强迫关闭',
  ],
} as const;
