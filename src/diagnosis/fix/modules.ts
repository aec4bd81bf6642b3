/**
 * The PowerShell module to install for each command. The set-up guide DOCU13517 names the modules AzureAD and MSOnline,
 * which are retired.
 */
export const MODULES: readonly { readonly command: string; readonly module: string }[] = [
  { command: 'Connect-MgGraph', module: 'Microsoft.Graph.Applications' },
  { command: 'Connect-ExchangeOnline', module: 'ExchangeOnlineManagement' },
];
