# A PowerShell that tests talk to: one JSON request a line on standard input, one JSON answer a line on standard output.
# A "window" is a runspace with a console of its own: what was signed in to and assigned in it stays, as in a window on
# a desk. `paste` runs each statement by itself, as a console does; `run` runs a whole script. Prompts are answered from
# a list, and a prompt without an answer is an error. Used by power-shell.ts.
param([string] $Simulation, [string] $Cache)

$console = @'
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
using System.Security;
using System.Text;

public sealed class ConsoleOfTest : PSHostUserInterface
{
    public readonly StringBuilder Text = new StringBuilder();
    public readonly List<string> Errors = new List<string>();
    public readonly List<string> Questions = new List<string>();
    public readonly Queue<string> Answers = new Queue<string>();
    private readonly RawConsole raw = new RawConsole();
    public override PSHostRawUserInterface RawUI { get { return raw; } }
    public override string ReadLine() { throw new InvalidOperationException("asked for a line"); }
    public override SecureString ReadLineAsSecureString() { throw new InvalidOperationException("asked for a line"); }
    public override void Write(string value) { Text.Append(value); }
    public override void Write(ConsoleColor f, ConsoleColor b, string value) { Text.Append(value); }
    public override void WriteLine(string value) { Text.Append(value).Append('\n'); }
    public override void WriteErrorLine(string value) { Errors.Add(value); }
    public override void WriteDebugLine(string value) { }
    public override void WriteVerboseLine(string value) { }
    public override void WriteWarningLine(string value) { Text.Append("WARNING: ").Append(value).Append('\n'); }
    public override void WriteProgress(long id, ProgressRecord record) { }
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> fields)
    {
        var names = new List<string>();
        foreach (var field in fields) names.Add(field.Name);
        throw new InvalidOperationException("asked for " + string.Join(", ", names));
    }
    public override PSCredential PromptForCredential(string c, string m, string u, string t) { throw new InvalidOperationException("asked for a credential"); }
    public override PSCredential PromptForCredential(string c, string m, string u, string t, PSCredentialTypes a, PSCredentialUIOptions o) { throw new InvalidOperationException("asked for a credential"); }
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
    {
        Questions.Add(message);
        if (Answers.Count == 0) throw new InvalidOperationException("asked without an answer: " + message);
        var wanted = Answers.Dequeue();
        for (var at = 0; at < choices.Count; at++)
        {
            var label = choices[at].Label;
            var mark = label.IndexOf('&');
            if (mark >= 0 && label.Substring(mark + 1, 1).Equals(wanted, StringComparison.OrdinalIgnoreCase)) return at;
        }
        throw new InvalidOperationException("no such choice: " + wanted);
    }
}

public sealed class RawConsole : PSHostRawUserInterface
{
    public override ConsoleColor ForegroundColor { get; set; }
    public override ConsoleColor BackgroundColor { get; set; }
    public override Coordinates CursorPosition { get; set; }
    public override Coordinates WindowPosition { get; set; }
    public override int CursorSize { get; set; }
    public override Size BufferSize { get { return new Size(400, 400); } set { } }
    public override Size WindowSize { get { return new Size(400, 400); } set { } }
    public override Size MaxWindowSize { get { return new Size(400, 400); } }
    public override Size MaxPhysicalWindowSize { get { return new Size(400, 400); } }
    public override bool KeyAvailable { get { return false; } }
    public override string WindowTitle { get; set; }
    public override KeyInfo ReadKey(ReadKeyOptions options) { throw new InvalidOperationException("asked for a key"); }
    public override void FlushInputBuffer() { }
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) { }
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) { }
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) { return new BufferCell[0, 0]; }
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) { }
}

public sealed class HostOfTest : PSHost
{
    private readonly Guid id = Guid.NewGuid();
    public readonly ConsoleOfTest Console = new ConsoleOfTest();
    public override string Name { get { return "ConsoleHost"; } }
    public override Version Version { get { return new Version(7, 6); } }
    public override Guid InstanceId { get { return id; } }
    public override PSHostUserInterface UI { get { return Console; } }
    public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
    public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
    public override void EnterNestedPrompt() { throw new NotSupportedException(); }
    public override void ExitNestedPrompt() { }
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) { }
}
'@

# Compiling takes longer than all else that a window needs: done once for a version of the text above.
$bytes = [System.Security.Cryptography.SHA256]::HashData([System.Text.Encoding]::UTF8.GetBytes($console))
$assembly = Join-Path $Cache ('console-' + [Convert]::ToHexString($bytes).Substring(0, 16) + '.dll')
if (-not (Test-Path $assembly)) {
    # Several test files may start at once: what is there under the final name is whole.
    $own = $assembly + '.' + $PID
    Add-Type -TypeDefinition $console -OutputAssembly $own
    Move-Item -Path $own -Destination $assembly -Force
}
Add-Type -Path $assembly

$windows = @{}

function Open-Window {
    param($Request)
    $environment = [initialsessionstate]::CreateDefault2()
    $environment.ThrowOnRunspaceOpenError = $true
    foreach ($name in 'SimulationUrl', 'SimulationWindow') {
        $value = if ($name -eq 'SimulationUrl') { $Simulation } else { $Request.window }
        $environment.Variables.Add([System.Management.Automation.Runspaces.SessionStateVariableEntry]::new($name, $value, ''))
    }
    # Nobody waits in a test: the simulated tenant's clock goes on in place of ours.
    $sleep = 'param([double] $Seconds) $body = @{ window = $SimulationWindow; cmdlet = "Start-Sleep"; set = ""; parameters = @{ Seconds = $Seconds } } | ConvertTo-Json; Invoke-RestMethod -Uri $SimulationUrl -Method Post -Body $body -ContentType application/json | Out-Null'
    $environment.Commands.Add([System.Management.Automation.Runspaces.SessionStateFunctionEntry]::new('Start-Sleep', $sleep))
    # PSGallery is not asked: the modules are there, or are missing on purpose.
    $install = '[CmdletBinding()] param([Parameter(Mandatory, Position = 0)] [string[]] $Name, [string] $Scope)'
    $environment.Commands.Add([System.Management.Automation.Runspaces.SessionStateFunctionEntry]::new('Install-Module', $install))
    $screen = [HostOfTest]::new()
    $runspace = [runspacefactory]::CreateRunspace($screen, $environment)
    $runspace.Open()
    $windows[$Request.window] = @{ Runspace = $runspace; Console = $screen.Console; ModulePath = $Request.modulePath }
}

function Invoke-Text {
    param($Window, [string] $Text)
    $shell = [powershell]::Create()
    $shell.Runspace = $Window.Runspace
    [void] $shell.AddScript($Text).AddCommand('Out-Default')
    $shell.Commands.Commands[0].MergeMyResults('Error', 'Output')
    try {
        [void] $shell.Invoke()
    } catch {
        $failure = $_.Exception
        while ($failure.InnerException) { $failure = $failure.InnerException }
        $Window.Console.Errors.Add($failure.Message)
    } finally {
        $shell.Dispose()
    }
}

function Get-Statement {
    param([string] $Text)
    $tokens = $null
    $problems = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseInput($Text, [ref] $tokens, [ref] $problems)
    if ($problems.Count -gt 0) { throw ('does not parse: ' + $problems[0].Message) }
    foreach ($statement in $tree.EndBlock.Statements) { $statement.Extent.Text }
}

function Invoke-Request {
    param($Request)
    if ($Request.op -eq 'open') {
        Open-Window $Request
        return @{}
    }
    $window = $windows[$Request.window]
    if ($Request.op -eq 'close') {
        $window.Runspace.Dispose()
        $windows.Remove($Request.window)
        return @{}
    }
    $console = $window.Console
    [void] $console.Text.Clear()
    $console.Errors.Clear()
    $console.Questions.Clear()
    $console.Answers.Clear()
    foreach ($answer in $Request.answers) { $console.Answers.Enqueue($answer) }
    $env:PSModulePath = $window.ModulePath + [System.IO.Path]::PathSeparator + (Join-Path $PSHOME Modules)
    $version = $PSVersionTable['PSVersion']
    if ($Request.version) { $PSVersionTable['PSVersion'] = [semver] $Request.version }
    $window.Runspace.SessionStateProxy.SetVariable('LASTEXITCODE', 0)
    try {
        if ($Request.op -eq 'paste') {
            foreach ($statement in @(Get-Statement $Request.text)) { Invoke-Text $window $statement }
        } else {
            Invoke-Text $window $Request.text
        }
    } finally {
        $PSVersionTable['PSVersion'] = $version
    }
    return @{
        text      = $console.Text.ToString()
        errors    = @($console.Errors)
        questions = @($console.Questions)
        unasked   = $console.Answers.Count
        exitCode  = $window.Runspace.SessionStateProxy.GetVariable('LASTEXITCODE')
    }
}

while ($null -ne ($line = [Console]::In.ReadLine())) {
    try {
        $answer = Invoke-Request (ConvertFrom-Json $line)
    } catch {
        $answer = @{ failure = [string] $_ }
    }
    [Console]::Out.WriteLine((ConvertTo-Json $answer -Compress -Depth 4))
    [Console]::Out.Flush()
}
