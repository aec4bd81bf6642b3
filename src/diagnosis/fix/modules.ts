/**
 * The PowerShell module to install for each command. The modules AzureAD and MSOnline, which the guide names, are
 * retired.
 */
export const MODULES: readonly { readonly command: string; readonly module: string }[] = [
  { command: 'Connect-MgGraph', module: 'Microsoft.Graph.Applications' },
  { command: 'Connect-ExchangeOnline', module: 'ExchangeOnlineManagement' },
];
