import { words } from '@/i18n'

/** What can go wrong on the device, each with what to do: the counterpart of the platform's own texts. */
export const t = words('sealing', {
  zh: {
    'file-name': {
      title: '文件名不能用',
      detail: '“{name}”：{why}。',
      next: '请改文件名后重新选择。',
    },
    'file-changed': {
      title: '文件在封装时被改动或移走',
      detail: '选好的文件读不到了，或者内容变了。',
      next: '请关闭正在编辑它的程序，重新选择文件后再封装。',
    },
    'file-too-large': {
      title: '文件太大',
      detail: '“{name}”封装后超过 {limit} MiB。',
      next: '请压缩，或拆成几个文件后重新选择。',
    },
    'storage-full': {
      title: '本机空间不够',
      detail: '封装后的文件要先存在本机，再上传。',
      next: '请腾出与投标文件同样大的空间，或换一台设备。',
    },
    'form-too-long': {
      title: '开标一览表太长',
      detail: '共 {found} 字节，最多 {limit} 字节。',
      next: '请缩短备注或其他承诺。',
    },
    'key-malformed': {
      title: '恢复码不对',
      detail: '{why}',
      next: '请对照打印件逐组核对后重新输入。',
    },
    'unsupported-suite': {
      title: '不认识的密码套件或密钥策略',
      detail: '本页不认识 {suite}，也没有别的代替。',
      next: '请刷新本页；仍然如此，请用命令行（bidding keygen、lot、seal、submit、release）。',
    },
    opening: {
      title: '没有通过试开标：{layer}',
      detail: '封装好的文件打不开，或者与清单不符。',
      next: '不要上传。请重新封装；再次出现时换一台设备。',
    },
    signature: {
      title: '签名不对',
      detail: '这份文件不是由它所称的一方签名的，或者被改动过。',
      next: '请勿采用；重新下载后仍然如此，请联系交易中心。',
    },
    'session-keys': {
      title: '会话密钥不成对',
      detail: '代理机构与监督公布的会话密钥不能一起使用，密钥没有送出。',
      next: '请立即用“求助”告知开标室。',
    },
    canonical: {
      title: '内容不合规定的格式',
      detail: '{path}：{reason}',
      next: '请改正后重试。',
    },
    log: {
      title: '日志没有证明这份公告，未封装',
      detail: '平台显示的公告须在见证过的日志中，人人所见相同，才可封装。不符之处：{why}。',
      next: '刷新页面后重试；仍不成功，请向交易中心和监督部门核对公告，不要封装。',
    },
    'log-policy': {
      title: '日志的信任策略变了，未封装',
      detail: '平台现在给出的日志公钥、见证人或人数与本浏览器记下的不同：{what}，须 {quorum} 名见证人。',
      next: '请与交易中心公布的公钥和见证人核对；一致后按“已核对，采用”，否则不要封装。',
    },
    other: {
      title: '本机处理失败',
      detail: '封装或打开时出错，没有发送任何东西。',
      next: '刷新页面重试；填写的内容已保留。',
    },
    names: {
      empty: '不是文件名',
      'not-text': '含有不是文字的字符',
      'too-long': '超过 200 字节（约 66 个汉字）',
      'path-character': '含有 \\ / : * ? " < > | 之一',
      invisible: '含有看不见的字符',
      edge: '以空格开头，或以空格、句点结尾',
      device: '是系统保留的设备名',
      'not-nfc': '字符写法不规范',
      twice: '与另一个文件同名（大小写不算区别）',
      'file-count': '每个信封须有 1 至 10000 个文件',
    },
    codes: {
      length: '应为 56 个字符（14 组），现为 {found} 个。',
      letter: '第 {group} 组有不使用的字符。',
      checksum: '有一个字符看错了（校验不符）。',
    },
  },
  en: {
    'file-name': {
      title: 'This file name cannot be used',
      detail: '“{name}”: {why}.',
      next: 'Rename the file and choose it again.',
    },
    'file-changed': {
      title: 'A file was changed or moved while it was sealed',
      detail: 'A chosen file can no longer be read, or is not what it was.',
      next: 'Close the program that edits it, choose the files again and seal.',
    },
    'file-too-large': {
      title: 'The file is too large',
      detail: 'Sealed, "{name}" has more than {limit} MiB.',
      next: 'Compress it, or split it into several files, and choose them again.',
    },
    'storage-full': {
      title: 'This device has no room',
      detail: 'Sealed files are kept on the device before they are uploaded.',
      next: 'Free as much space as the bid takes, or use another device.',
    },
    'form-too-long': {
      title: 'The opening form is too long',
      detail: '{found} bytes; at most {limit}.',
      next: 'Shorten the note or the further undertakings.',
    },
    'key-malformed': {
      title: 'That is not the recovery code',
      detail: '{why}',
      next: 'Compare it with the print, group by group, and type it again.',
    },
    'unsupported-suite': {
      title: 'An unknown cipher suite or key policy',
      detail: 'This page does not know {suite}: there is no fallback.',
      next: 'Load the page anew; if it stays so, use the command line (bidding keygen, lot, seal, submit, release).',
    },
    opening: {
      title: 'The trial opening failed: {layer}',
      detail: 'The sealed files do not open, or are not what the manifest says.',
      next: 'Do not upload them. Seal again; if it happens twice, use another device.',
    },
    signature: {
      title: 'The signature is wrong',
      detail: 'This document was not signed by whom it names, or was altered.',
      next: 'Do not rely on it. If a fresh download shows the same, call the trading centre.',
    },
    'session-keys': {
      title: 'The session keys do not belong together',
      detail: 'The keys that agency and supervisor announced cannot be used together. Nothing was released.',
      next: 'Tell the opening room at once, by “Ask for help”.',
    },
    canonical: {
      title: 'This is not in the required form',
      detail: '{path}: {reason}',
      next: 'Correct it and try again.',
    },
    log: {
      title: 'The log does not prove this notice: nothing was sealed',
      detail: 'A notice must be in the witnessed log, the same for everybody, before a bid is sealed for it. What does not fit: {why}.',
      next: 'Reload the page and try again. If it fails again, compare the notice with the trading centre and the supervisor, and do not seal.',
    },
    'log-policy': {
      title: 'The log’s trust policy has changed: nothing was sealed',
      detail: 'The platform now names another log key, other witnesses or another number than this browser keeps: {what}, {quorum} witnesses wanted.',
      next: 'Compare them with what the trading centre has made known. If they agree, press “Compared: use them”; if not, do not seal.',
    },
    other: {
      title: 'This device failed',
      detail: 'Sealing or opening went wrong; nothing was sent.',
      next: 'Reload the page and try again; what you typed is kept.',
    },
    names: {
      empty: 'no file name',
      'not-text': 'it holds what is no text',
      'too-long': 'longer than 200 bytes',
      'path-character': 'it holds one of \\ / : * ? " < > |',
      invisible: 'it holds an invisible character',
      edge: 'it begins with a space, or ends with a space or dot',
      device: 'the system keeps that name for a device',
      'not-nfc': 'its characters are not in the normal form',
      twice: 'another file has that name (case does not count)',
      'file-count': 'an envelope needs 1 to 10000 files',
    },
    codes: {
      length: 'It must have 56 characters (14 groups), this has {found}.',
      letter: 'Group {group} has a character that is not in use.',
      checksum: 'One character was misread (the checksum does not fit).',
    },
  },
})
